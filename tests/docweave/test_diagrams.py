"""Diagrams: the graph of a model, its layout and its drawing."""

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docweave.drawings import diagram_svg, layout
from docweave.drawings.diagram_svg import draw, stylesheet
from docweave.drawings.graphs import Diagram, Edge, Node, differences
from docweave.drawings.palette import DIAGRAM, STROKES
from docweave.errors import WeaveError
from docweave.running.graph_of import graph_of, is_generated
from tests.programs import require

SVG = "{http://www.w3.org/2000/svg}"
STYLESHEET = Path(__file__).parents[2] / "docs/assets/stylesheets/diagrams.css"
SITE = STYLESHEET.with_name("site.css")


def node(id, role="middle", uses=1, kind="layer", label="Dense", shape="(None, 3)"):
    return Node(id, kind, label, id, shape, role, uses)


SIAMESE = Diagram(
    (
        node("left", "input", kind="input", label="InputLayer"),
        node("right", "input", kind="input", label="InputLayer"),
        node("encoder", uses=2, label="LSTM"),
        node("Concatenate#1", label="Concatenate"),
        node("same", "output"),
    ),
    (
        Edge("left", "encoder"),
        Edge("right", "encoder"),
        Edge("encoder", "Concatenate#1", 2),
        Edge("Concatenate#1", "same"),
    ),
)


@pytest.fixture(scope="module")
def keras():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return pytest.importorskip("keras")


def lay_out(diagram):
    require("Graphviz")
    return layout.lay_out(diagram)


@pytest.fixture(scope="module")
def siamese():
    return lay_out(SIAMESE)


def parse(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return ["".join(text.itertext()) for text in parse(svg).iter(f"{SVG}text")]


# --- the graph ---


class TestGraphOf:
    def test_a_graph_with_two_inputs_and_a_merge_is_read(self, keras):
        layers = keras.layers
        text = keras.Input((None,), dtype="int32", name="text")
        question = keras.Input((None,), dtype="int32", name="question")
        read = layers.LSTM(32)(layers.Embedding(100, 64)(text))
        asked = layers.LSTM(16)(layers.Embedding(100, 32)(question))
        answer = layers.Dense(500, name="answer")(layers.Concatenate()([read, asked]))
        graph = graph_of(keras.Model([text, question], answer))
        assert set(graph.nodes) == {
            Node("text", "input", "InputLayer", "text", "(None, None)", "input"),
            Node("question", "input", "InputLayer", "question", "(None, None)", "input"),
            Node("Embedding#1", "layer", "Embedding", "", "(None, None, 64)"),
            Node("Embedding#2", "layer", "Embedding", "", "(None, None, 32)"),
            Node("LSTM#1", "layer", "LSTM", "", "(None, 32)"),
            Node("LSTM#2", "layer", "LSTM", "", "(None, 16)"),
            Node("Concatenate#1", "layer", "Concatenate", "", "(None, 48)"),
            Node("answer", "layer", "Dense", "answer", "(None, 500)", "output"),
        }
        assert set(graph.edges) == {
            Edge("text", "Embedding#1"),
            Edge("question", "Embedding#2"),
            Edge("Embedding#1", "LSTM#1"),
            Edge("Embedding#2", "LSTM#2"),
            Edge("LSTM#1", "Concatenate#1"),
            Edge("LSTM#2", "Concatenate#1"),
            Edge("Concatenate#1", "answer"),
        }
        assert graph.layout is None

    def test_a_layer_called_twice_is_one_node_with_several_edges(self, keras):
        left, right = keras.Input((None, 8), name="left"), keras.Input((None, 8), name="right")
        encoder = keras.layers.LSTM(4, name="encoder")
        merged = keras.layers.Concatenate(name="merged")([encoder(left), encoder(right)])
        graph = graph_of(keras.Model([left, right], merged))
        assert [node.uses for node in graph.nodes if node.id == "encoder"] == [2]
        assert set(graph.edges) == {Edge("left", "encoder"), Edge("right", "encoder"), Edge("encoder", "merged", 2)}

    def test_a_call_outside_the_model_does_not_count(self, keras):
        numbers, others = keras.Input((3,), name="numbers"), keras.Input((3,), name="others")
        dense = keras.layers.Dense(2, name="dense_head")
        model = keras.Model(numbers, dense(numbers))
        keras.Model(others, dense(others))
        assert [(node.id, node.uses) for node in graph_of(model).nodes] == [("numbers", 1), ("dense_head", 1)]

    def test_a_layer_called_on_two_image_sizes_has_both_shapes(self, keras):
        small, large = keras.Input((8, 8, 1), name="small"), keras.Input((16, 16, 1), name="large")
        convolution = keras.layers.Conv2D(4, 1, name="features")
        graph = graph_of(keras.Model([small, large], [convolution(small), convolution(large)]))
        assert "(None, 8, 8, 4), (None, 16, 16, 4)" in [node.shape for node in graph.nodes]

    def test_each_of_two_outputs_has_its_role_and_shape(self, keras):
        posts = keras.Input((5,), name="posts")
        heads = {name: keras.layers.Dense(units, name=name)(posts) for name, units in (("b", 2), ("a", 7))}
        graph = graph_of(keras.Model(posts, heads))
        assert {(node.id, node.role, node.shape) for node in graph.nodes} == {
            ("posts", "input", "(None, 5)"),
            ("a", "output", "(None, 7)"),
            ("b", "output", "(None, 2)"),
        }

    def test_used_states_appear_as_edges_and_shapes(self, keras):
        words = keras.Input((None, 6), name="words")
        whole, *states = keras.layers.LSTM(3, return_sequences=True, return_state=True, name="encoder")(words)
        decoded = keras.layers.LSTM(3, name="decoder")(whole, initial_state=states)
        graph = graph_of(keras.Model(words, decoded))
        assert Edge("encoder", "decoder", 3) in graph.edges
        assert [node.shape for node in graph.nodes if node.id == "encoder"] == ["(None, None, 3), (None, 3)"]

    def test_operations_on_tensors_are_nodes_of_kind_operation(self, keras):
        a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
        graph = graph_of(keras.Model([a, b], a + keras.ops.relu(b)))
        assert {(node.id, node.kind, node.name) for node in graph.nodes} == {
            ("a", "input", "a"),
            ("b", "input", "b"),
            ("Relu#1", "operation", ""),
            ("Add#1", "operation", ""),
        }
        assert set(graph.edges) == {Edge("a", "Add#1"), Edge("b", "Relu#1"), Edge("Relu#1", "Add#1")}

    def test_a_nested_model_is_one_node(self, keras):
        picture = keras.Input((6, 6, 1))
        encoder = keras.Model(picture, keras.layers.Flatten()(picture), name="encoder")
        head = keras.Sequential([keras.Input((36,)), keras.layers.Dense(2)])
        camera = keras.Input((6, 6, 1), name="camera")
        graph = graph_of(keras.Model(camera, head(encoder(camera))))
        assert [(node.id, node.kind, node.label) for node in graph.nodes[1:]] == [
            ("encoder", "model", "Functional"),
            ("Sequential#1", "model", "Sequential"),
        ]

    def test_a_sequential_model_is_a_chain_from_its_input(self, keras):
        dense = keras.layers.Dense
        graph = graph_of(keras.Sequential([keras.Input((64,)), dense(32, name="hidden"), dense(10)]))
        assert [(node.id, node.shape, node.role) for node in graph.nodes] == [
            ("InputLayer#1", "(None, 64)", "input"),
            ("hidden", "(None, 32)", "middle"),
            ("Dense#1", "(None, 10)", "output"),
        ]
        assert graph.edges == (Edge("InputLayer#1", "hidden"), Edge("hidden", "Dense#1"))

    def test_a_submodel_shows_no_generated_tensor_name(self, keras):
        numbers = keras.Input((3,))
        middle = keras.layers.Dense(4)(numbers)
        graph = graph_of(keras.Model(middle, keras.layers.Dense(2)(middle)))
        assert [node.name for node in graph.nodes] == ["", ""]
        assert "keras_tensor" not in graph.to_json()

    def test_an_unused_input_is_a_separate_node(self, keras):
        used, unused = keras.Input((3,), name="used"), keras.Input((5,), name="unused")
        graph = graph_of(keras.Model([used, unused], keras.layers.Dense(2, name="head")(used)))
        assert Node("unused", "input", "InputLayer", "unused", "(None, 5)", "input") in graph.nodes
        assert graph.edges == (Edge("used", "head"),)

    def test_a_subclass_that_builds_a_functional_model_can_be_drawn(self, keras):
        class Classifier(keras.Model):
            def __init__(self, classes):
                picture = keras.Input((4,), name="picture")
                super().__init__(picture, keras.layers.Dense(classes, name="scores")(picture))

        assert graph_of(Classifier(10)).edges == (Edge("picture", "scores"),)

    def test_the_same_model_built_twice_has_the_same_ids(self, keras):
        def build():
            return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(2)])

        assert graph_of(build()) == graph_of(build())

    def test_reading_a_model_does_not_change_the_names_of_later_layers(self, keras):
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
        keras.utils.clear_session()
        graph_of(model)
        assert keras.Model(*[keras.Input((2,))] * 2).name == "functional"

    def test_a_subclassed_model_is_refused(self, keras):
        class Classifier(keras.Model):
            pass

        with pytest.raises(WeaveError, match=r"“mine” is a subclassed model .Classifier. and has no graph"):
            graph_of(Classifier(name="mine"))

    def test_a_sequential_model_without_an_input_is_refused_until_it_is_built(self, keras):
        stack = keras.Sequential([keras.layers.Dense(3)], name="stack")
        with pytest.raises(WeaveError, match=r"“stack” has no graph yet: begin it with keras\.Input"):
            graph_of(stack)
        stack.build((None, 2))
        assert graph_of(stack).nodes

    def test_a_layer_without_a_configuration_is_refused(self, keras):
        class Apply(keras.layers.Layer):
            def __init__(self, function):
                super().__init__()
                self.function = function

            def call(self, inputs):
                return self.function(inputs)

        numbers = keras.Input((3,))
        with pytest.raises(WeaveError, match=r"“odd” has a layer without get_config\(\)"):
            graph_of(keras.Model(numbers, Apply(lambda inputs: inputs * 2)(numbers), name="odd"))


@pytest.mark.parametrize(
    ("name", "label", "generated"),
    [
        ("dense", "Dense", True),
        ("dense_12", "Dense", True),
        ("conv2d_transpose_1", "Conv2DTranspose", True),
        ("re_lu", "ReLU", True),
        ("keras_tensor_3CLONE", "InputLayer", True),
        ("scores", "Dense", False),
        ("dense_head", "Dense", False),
        ("embedding_1", "Dense", False),
    ],
)
def test_generated_names_are_distinguished_from_the_authors(name, label, generated):
    assert is_generated(name, label) == generated


# --- recorded and compared ---


def test_a_diagram_survives_json_with_and_without_its_layout(siamese):
    assert Diagram.from_json(SIAMESE.to_json()) == SIAMESE
    assert Diagram.from_json(siamese.to_json()) == siamese
    assert siamese.layout is not None


def test_json_has_a_line_for_each_node_edge_box_and_curve(siamese):
    lines = siamese.to_json().splitlines()
    # five nodes with their boxes, and four edges, one of which has two curves
    assert sum(line.startswith(" {") for line in lines) == 2 * 5 + 4 + 5


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"nodes": [{"id": "a"}], "edges": []}'])
def test_a_file_that_is_not_a_diagram_is_refused_by_name(text):
    with pytest.raises(WeaveError, match=r"outputs/model\.json: not a recorded diagram"):
        Diagram.from_json(text, "outputs/model.json")


def test_the_same_graph_in_another_order_or_layout_has_no_differences(siamese):
    assert differences(siamese, Diagram(SIAMESE.nodes[::-1], SIAMESE.edges[::-1])) == []


def test_differences_name_the_node_or_the_edge():
    a = Diagram((node("x"), node("y"), node("old")), (Edge("x", "y", 2), Edge("x", "old")))
    b = Diagram((node("x"), node("y", shape="(None, 4)"), node("new")), (Edge("x", "y"), Edge("x", "new")))
    assert differences(a, b) == [
        "the node “old” is gone",
        "the node “new” is new",
        "the shape of “y” was '(None, 3)' and is '(None, 4)'",
        "the edges from “x” to “y” were 2 and are 1",
        "the edges from “x” to “old” were 1 and are 0",
        "the edges from “x” to “new” were 0 and are 1",
    ]


# --- the layout ---


class TestLayOut:
    def test_boxes_are_inside_the_drawing_and_do_not_overlap(self, siamese):
        layout = siamese.layout
        for box in layout.boxes:
            assert 0 <= box.x and box.x + box.width <= layout.width
            assert 0 <= box.y and box.y + box.height <= layout.height
            for other in layout.boxes:
                apart = box.x + box.width <= other.x or box.y + box.height <= other.y
                back = other.x + other.width <= box.x or other.y + other.height <= box.y
                assert box is other or apart or back

    def test_data_flows_from_top_to_bottom(self, siamese):
        tops = {box.node: box.y for box in siamese.layout.boxes}
        assert tops["left"] == tops["right"] < tops["encoder"] < tops["Concatenate#1"] < tops["same"]

    def test_the_first_input_is_left_of_the_second(self, siamese):
        lefts = {box.node: box.x for box in siamese.layout.boxes}
        assert lefts["left"] < lefts["right"]

    def test_an_edge_with_count_two_has_two_separate_curves(self, siamese):
        first, second = (curve for curve in siamese.layout.curves if curve.source == "encoder")
        assert all(abs(a - b) > 4 for a, b in zip(first.points[::2], second.points[::2], strict=True))

    def test_an_edge_begins_and_ends_at_its_boxes(self, siamese):
        boxes = {box.node: box for box in siamese.layout.boxes}
        for curve in siamese.layout.curves:
            assert curve.points[-1] == pytest.approx(boxes[curve.target].y, abs=1)
            source = boxes[curve.source]
            assert source.y + source.height / 2 < curve.points[1] <= source.y + source.height + 1

    def test_an_edge_from_an_input_starts_inside_its_round_ends(self):
        heads = ("a", "b", "c", "d")
        nodes = (node("x", "input", kind="input"), *map(node, heads))
        layout = lay_out(Diagram(nodes, tuple(Edge("x", head) for head in heads))).layout
        pill = layout.boxes[0]
        centre_y, half = pill.y + pill.height / 2, pill.height / 2
        for curve in layout.curves:
            x, y = curve.points[:2]
            end = min(max(x, pill.x + half), pill.x + pill.width - half)
            assert (x - end) ** 2 + (y - centre_y) ** 2 <= (half + 0.5) ** 2

    def test_a_chain_is_vertical_beside_a_wider_one(self):
        wide, narrow = "(None, None, None, 64)", "(None, 3)"
        nodes = [node(f"{letter}{n}", shape=wide if n == 1 else narrow) for letter in "ab" for n in range(3)]
        edges = [Edge(f"{letter}{n}", f"{letter}{n + 1}") for letter in "ab" for n in range(2)]
        merged = Diagram((*nodes, node("c")), (*edges, Edge("a2", "c"), Edge("b2", "c")))
        middles = {box.node: box.x + box.width / 2 for box in lay_out(merged).layout.boxes}
        for letter in "ab":
            assert len({middles[f"{letter}{n}"] for n in range(3)}) == 1

    def test_boxes_and_curves_are_listed_in_the_order_of_the_nodes(self):
        turned = Diagram(SIAMESE.nodes[::-1], SIAMESE.edges)
        layout = lay_out(turned).layout
        assert [box.node for box in layout.boxes] == [node.id for node in turned.nodes]
        targets = [curve.target for curve in layout.curves]
        assert targets == ["same", "Concatenate#1", "Concatenate#1", "encoder", "encoder"]
        assert [curve.source for curve in layout.curves][3:] == ["right", "left"]

    def test_branches_appear_in_the_order_of_the_merge(self):
        branches = ["d", "b", "a", "c"]
        nodes = [node("x", "input"), *map(node, "abcd"), node("merge", "output")]
        edges = [Edge("x", id) for id in "abcd"] + [Edge(id, "merge") for id in branches]
        boxes = lay_out(Diagram(tuple(nodes), tuple(edges))).layout.boxes
        placed = [box.node for box in sorted(boxes, key=lambda box: box.x) if box.node in branches]
        assert placed == branches

    def test_a_layer_called_on_its_own_result_is_laid_out(self):
        nodes = (node("x", "input"), node("twice", uses=2), node("y", "output"))
        edges = (Edge("x", "twice"), Edge("twice", "y"), Edge("y", "twice"))
        assert len(lay_out(Diagram(nodes, edges)).layout.curves) == 3
        loop = Diagram(nodes[:2], (Edge("x", "twice"), Edge("twice", "twice")))
        assert len(lay_out(loop).layout.curves) == 2

    def test_a_single_box_without_edges_is_laid_out(self):
        assert len(lay_out(Diagram((node("alone"),), ())).layout.boxes) == 1

    def test_without_graphviz_the_error_says_how_to_install_it(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(WeaveError, match=r"apt-get install graphviz.*brew install graphviz.*choco install graphviz"):
            layout.lay_out(SIAMESE)

    def test_an_error_of_graphviz_is_reported(self, monkeypatch, tmp_path):
        dot = tmp_path / "dot"
        dot.write_text("#!/bin/sh\necho out of paper >&2\nexit 1\n")
        dot.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(WeaveError, match="Graphviz failed: out of paper"):
            layout.lay_out(SIAMESE)


def test_a_box_is_wide_enough_for_its_longer_line():
    width = {name: layout.box_size(node(name))[0] for name in ("x", "a_much_longer_name", "入力入力入力入力")}
    assert width["a_much_longer_name"] > width["x"] + 17 * 6
    assert width["入力入力入力入力"] > width["x"] + 7 * 10
    assert layout.box_size(node("x", shape="(None, 299, 299, 3)"))[0] > 19 * 6
    assert layout.box_size(Node("t", "layer", "T", "", "()"))[0] == 56


def test_a_double_border_enlarges_the_box():
    single, double = layout.box_size(node("x")), layout.box_size(node("x", uses=2))
    assert (double[0] - single[0], double[1] - single[1]) == (6, 6)


# --- the drawing ---


class TestDraw:
    def test_it_is_one_svg_without_blank_lines_styles_or_scripts(self, siamese):
        svg = draw(siamese, "Two readers", "They share a layer", "page-1")
        assert parse(svg).tag == f"{SVG}svg"
        assert svg.endswith("</svg>\n")
        assert all(line.strip() for line in svg.splitlines())
        assert not re.search(r"<style|style=|<script|\son\w+=", svg)

    def test_a_screen_reader_gets_title_and_description(self, siamese):
        root = parse(draw(siamese, 'A "<b>" title & more', "Why < that", "p"))
        ids = {element.get("id"): element for element in root.iter() if element.get("id")}
        assert root.get("role") == "img"
        assert ids[root.get("aria-labelledby")].text == 'A "<b>" title & more'
        assert ids[root.get("aria-describedby")].text == "Why < that"

    def test_without_a_description_nothing_refers_to_one(self, siamese):
        svg = draw(siamese, "Two readers")
        assert "<desc" not in svg and "describedby" not in svg

    def test_ids_are_unique_on_a_page_and_every_reference_resolves(self, siamese):
        drawings = [draw(siamese, "t", "d", prefix) for prefix in ("", "a", "b c.d")]
        found = [re.findall(r'\bid="([^"]+)"', svg) for svg in drawings]
        every = [one for ids in found for one in ids]
        assert len(set(every)) == len(every) == 9
        for svg, ids in zip(drawings, found, strict=True):
            assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)
            assert not any(" " in id for id in ids)

    def test_a_box_shows_class_name_and_shape_and_an_input_its_name(self, siamese):
        assert texts(draw(siamese, "t"))[:5] == [
            "left",
            "right",
            "LSTM · encoder",
            "Concatenate · Concatenate#1",
            "Dense · same",
        ]
        assert texts(draw(siamese, "t"))[5:] == ["(None, 3)"] * 5 + ["×2"]

    def test_a_node_without_a_name_shows_its_class(self):
        unnamed = (Node("i", "input", "InputLayer", "", "(3,)", "input"), Node("d", "layer", "Dense", "", "(1,)"))
        assert texts(draw(lay_out(Diagram(unnamed, ())), "t"))[:2] == ["Input", "Dense"]

    def test_a_shared_layer_has_a_double_border_a_badge_and_two_edges(self, siamese):
        root = parse(draw(siamese, "t"))
        assert sum("shared" in rect.get("class", "") for rect in root.iter(f"{SVG}rect")) == 3
        assert "×2" in texts(draw(siamese, "t"))
        assert len(root.findall(f"{SVG}g[@class='edges']/{SVG}path")) == 5

    def test_roles_and_operations_have_classes(self):
        mixed = Diagram((node("i", "input", kind="input"), node("m"), node("o", "output", kind="operation")), ())
        root = parse(draw(lay_out(mixed), "t"))
        assert [rect.get("class") for rect in root.iter(f"{SVG}rect")] == ["input", None, "output operation"]
        assert [rect.get("rx") for rect in root.iter(f"{SVG}rect")] == ["20", "6", "6"]

    def test_a_vertical_edge_is_a_line_and_others_are_curves(self, siamese):
        paths = [path.get("d") for path in parse(draw(siamese, "t")).findall(f"{SVG}g[@class='edges']/{SVG}path")]
        assert all(re.fullmatch(r"M\d+ \d+(V\d+|(c-?\d+( ?-?\d+){5})+)", path) for path in paths)
        assert paths[-1].count("V") == 1 and "c" in paths[0]

    def test_a_curve_ends_where_the_layout_says(self):
        assert diagram_svg._path((0, 0, 4.4, 3, 10, 7, 10, 12)) == "M0 0c4 3 10 7 10 12"
        assert diagram_svg._path((5, 0, 9, 3, 10, 7, 10, 12, 10, 20, 2, 30, 0, 40)) == "M5 0c4 3 5 7 5 12c0 8-8 18-10 28"
        assert diagram_svg._path((5, 0, 5, 3, 5.2, 7, 5, 12)) == "M5 0V12"

    def test_only_a_drawing_wider_than_a_phone_may_scroll(self, siamese):
        many = lay_out(Diagram(tuple(node(f"a_rather_long_name_{n}") for n in range(4)), ()))
        assert 'class="model-diagram wide"' in draw(many, "t")
        assert 'class="model-diagram"' in draw(siamese, "t")

    def test_a_standalone_drawing_contains_both_schemes(self, siamese):
        svg = draw(siamese, "t", standalone=True)
        assert parse(svg).find(f"{SVG}style").text.strip() == stylesheet(standalone=True).strip()
        assert "prefers-color-scheme:dark" in svg
        assert "data-md-color-scheme" not in svg

    def test_a_diagram_without_a_layout_is_refused(self):
        with pytest.raises(WeaveError, match="has no layout: record the chapter again"):
            draw(SIAMESE, "t")

    def chain(self, length):
        names = [f"layer_number_{number}" for number in range(length)]
        nodes = tuple(node(name, shape="(None, 128, 128, 64)") for name in names)
        return lay_out(Diagram(nodes, tuple(map(Edge, names, names[1:]))))

    def test_25_layers_take_at_most_8000_bytes_and_40_are_refused(self):
        assert len(draw(self.chain(25), "t").encode()) <= 8_000
        with pytest.raises(WeaveError, match=r"a drawing of 40 nodes takes .* bytes, more than 8,000"):
            draw(self.chain(40), "t")


# --- the colours ---


def contrast(one, other):
    """Return the contrast of two colours, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour):
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_and_lines_contrast_with_their_background(scheme):
    for fill in ("node", "input", "output", "page"):
        assert contrast(DIAGRAM["ink"][scheme], DIAGRAM[fill][scheme]) >= 4.5
    for line in STROKES:
        assert contrast(DIAGRAM[line][scheme], DIAGRAM["page"][scheme]) >= 3


@pytest.mark.parametrize(("scheme", "place"), [("default", 0), ("slate", 1)])
def test_the_colours_are_those_of_the_site(scheme, place):
    rules = re.search(rf'\[data-md-color-scheme="{scheme}"\] {{(.*?)}}', SITE.read_text("utf-8"), re.DOTALL)[1]
    site = dict(re.findall(r"--([\w-]+): (#\w+);", rules))
    drawn = [DIAGRAM[name][place] for name in ("ink", "line", "entrance", "exit", "page")]
    names = ("site-ink", "site-muted", "site-link", "site-warm", "md-default-bg-color")
    assert drawn == [site[name] for name in names]


def test_the_sites_stylesheet_is_up_to_date():
    assert STYLESHEET.read_text("utf-8") == stylesheet(), "write to it: docweave.drawings.diagram_svg.stylesheet()"


def test_the_stylesheet_styles_every_class_that_a_drawing_uses(siamese):
    used = {name for classes in re.findall(r'class="([^"]+)"', draw(siamese, "t")) for name in classes.split()}
    assert all(f".{name}" in stylesheet() for name in used - {"middle"})
    assert used >= {"model-diagram", "input", "output", "shared", "edges"}


def test_every_variable_has_its_own_colour_in_each_scheme():
    for name, (light, dark) in DIAGRAM.items():
        assert f"var(--dw-{name},{light})" in stylesheet(standalone=True)
        assert f"--dw-{name}:{dark}" in stylesheet(standalone=True)
    assert '[data-md-color-scheme="slate"]{--dw-node:' in stylesheet()
    assert "forced-colors:active" in stylesheet()
