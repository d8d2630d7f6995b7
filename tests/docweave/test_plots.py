"""Plots: their recorded data, comparison, translation and SVG."""

import base64
import json
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from docweave.drawings import figures, palette
from docweave.drawings.figures import record, style
from docweave.drawings.plot_svg import stylesheet, translate, weave
from docweave.drawings.plots import Plot, differences
from docweave.errors import WeaveError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

import matplotlib.pyplot as plt  # noqa: E402  (the backend must be chosen first)
import numpy as np  # noqa: E402  (sorted below it)

SVG = "{http://www.w3.org/2000/svg}"
STYLESHEET = Path(__file__).parents[2] / "docs/assets/stylesheets/plots.css"


def recorded(plot, columns=1):
    """Draw in the site's style with `plot(axes)`, one argument for each column, and record the figure."""
    with style():
        figure, axes = plt.subplots(1, columns, squeeze=False)
        plot(*axes[0])
        result = record(figure)
        plt.close(figure)
    return result


def two_curves(axes, points=50):
    epochs = np.arange(points)
    axes.plot(epochs, np.exp(-epochs / 20), label="training")
    axes.plot(epochs, np.exp(-epochs / 30), label="validation, <held> out & kept")
    axes.set(title="Overfitting", xlabel="epoch", ylabel="loss")
    axes.legend()


@pytest.fixture(scope="module")
def curves():
    return recorded(two_curves)


def parse(svg):
    return ElementTree.fromstring(svg)


def texts(svg):
    return [text.text for text in parse(svg).iter(f"{SVG}text")]


# --- the data ---


class TestRecord:
    def test_lines_are_recorded_with_their_labels_and_points(self):
        def plot(axes):
            axes.plot([1, 2, 3], [0.5, 0.25, np.float32(0.1)], label="one-hot labels")
            axes.plot([1, 2], [1, float("nan")])
            axes.set(title="Loss", xlabel="epoch", ylabel="loss")
            axes.legend()

        assert recorded(plot).data == {
            "axes": [
                {
                    "title": "Loss",
                    "xlabel": "epoch",
                    "ylabel": "loss",
                    "legend": ["one-hot labels"],
                    "lines": [
                        {"label": "one-hot labels", "x": [1, 2, 3], "y": [0.5, 0.25, 0.1]},
                        {"label": "", "x": [1, 2], "y": [1, None]},
                    ],
                }
            ],
            "texts": ["epoch", "loss", "Loss", "one-hot labels"],
        }

    def test_bars_are_recorded_by_centre_and_height(self):
        data = recorded(lambda axes: axes.bar(["cat", "dog"], [0.5, 0.25], label="share")).data
        assert data["axes"] == [{"bars": [{"label": "share", "x": [0, 1], "y": [0.5, 0.25]}]}]
        assert data["texts"] == ["cat", "dog"]

    def test_horizontal_bars_are_recorded_by_their_length(self):
        data = recorded(lambda axes: axes.barh([3, 4], [0.5, 0.25])).data
        assert data["axes"] == [{"bars": [{"label": "", "x": [0.5, 0.25], "y": [3, 4]}]}]

    def test_points_are_recorded_with_gaps(self):
        data = recorded(lambda axes: axes.scatter([1, 2], np.ma.masked_invalid([3, float("nan")]), label="rows")).data
        assert data["axes"] == [{"points": [{"label": "rows", "x": [1, None], "y": [3, None]}]}]

    def test_an_area_is_recorded_by_its_corners(self):
        [axes] = recorded(lambda axes: axes.fill_between([0, 1], [0, 0], [2, 3])).data["axes"]
        assert set(zip(axes["points"][0]["x"], axes["points"][0]["y"], strict=True)) == {(0, 0), (1, 0), (1, 3), (0, 2)}

    def test_an_image_is_recorded_by_its_shape_and_mean(self):
        data = recorded(lambda axes: axes.imshow([[0, 1, 2], [3, 4, 5]])).data
        assert data["axes"] == [{"images": [{"shape": [2, 3], "mean": 2.5}]}]

    def test_numbers_and_powers_of_ten_are_not_words(self):
        def plot(axes):
            axes.plot([1, 2], [1e-9, 2e-9])
            axes.set(xlabel="1e−5", ylabel="2.5", title="x = 1e-5")

        assert recorded(plot).texts == ("x = 1e-5",)

    def test_every_pair_of_axes_is_recorded(self):
        def plot(left, right):
            left.set_title("before")
            right.set_title("after")

        assert [axes["title"] for axes in recorded(plot, columns=2).data["axes"]] == ["before", "after"]

    def test_the_data_survives_json(self, curves):
        assert json.loads(json.dumps(curves.data)) == curves.data

    def test_the_same_figure_gives_the_same_bytes(self, curves):
        assert recorded(two_curves).svg == curves.svg


# --- compared ---


def plot_of(y, label="loss", **more):
    return Plot({"axes": [{"lines": [{"label": label, "x": [1, 2], "y": y}]}], "texts": [], **more}, "")


class TestSamePlot:
    def test_plots_are_compared_by_content_not_by_looks(self, curves):
        assert differences(curves, Plot(curves.data, "<svg/>")) == []

    def test_numbers_may_differ_by_a_share_of_the_largest_in_their_series(self):
        assert differences(plot_of([2.0, 0.001]), plot_of([2.0019, 0.0025])) == []
        far = plot_of([2.0, 0.0035])
        assert differences(plot_of([2.0, 0.001]), far) == ["axes[0].lines[0].y[1] was 0.001 and is 0.0035"]
        assert differences(plot_of([2.0, 0.001]), far, relative=1e-2) == []

    def test_texts_must_be_equal(self):
        assert differences(plot_of([1, 2], "loss"), plot_of([1, 2], "los")) == [
            "axes[0].lines[0].label was 'loss' and is 'los'"
        ]

    def test_a_gap_is_not_a_number(self):
        assert differences(plot_of([1, None]), plot_of([1, 0.0])) == ["axes[0].lines[0].y[1] was None and is 0.0"]
        assert differences(plot_of([1, None]), plot_of([1, None])) == []

    def test_an_additional_point_is_reported_once(self):
        assert differences(plot_of([1, 2]), plot_of([3, 4, 5])) == ["axes[0].lines[0].y had 2 entries and has 3"]

    def test_missing_and_new_entries_are_named(self):
        a, b = plot_of([1, 2], title="Loss"), plot_of([1, 2], xlabel="epoch")
        assert differences(a, b) == ["title is gone", "xlabel is new"]

    def test_a_single_number_has_the_same_tolerance(self):
        a, b, c = (Plot({"mean": mean}, "") for mean in (2.0, 2.001, 2.01))
        assert differences(a, b) == []
        assert differences(a, c) == ["mean was 2.0 and is 2.01"]

    def test_any_difference_from_a_series_of_zeros_counts(self):
        assert differences(plot_of([0, 0]), plot_of([0, 0.0])) == []
        assert differences(plot_of([0, 0]), plot_of([0, 1e-9])) == ["axes[0].lines[0].y[1] was 0 and is 1e-09"]


# --- the drawing ---


class TestSvg:
    def test_two_curves_of_50_points_take_at_most_12_kilobytes(self, curves):
        assert len(weave(curves.svg, "t").encode()) <= 12_000

    def test_curves_with_markers_stay_small_too(self):
        def plot(axes):
            for line in ("o-", "s--"):
                axes.plot(range(50), range(50), line)

        assert len(weave(recorded(plot).svg, "t").encode()) <= 12_000

    def test_there_are_no_styles_metadata_or_dates(self, curves):
        assert not re.search(r"style|metadata|<\?xml|<!|xlink|DejaVu", curves.svg)
        assert all(line.strip() for line in curves.svg.splitlines())

    def test_text_stays_unchanged_text(self, curves):
        assert {"Overfitting", "epoch", "loss", "validation, <held> out & kept"} <= set(texts(curves.svg))

    def test_each_curve_has_its_own_class_colour_and_dashes(self, curves):
        first, second = (parse(curves.svg).findall(f".//*[@class='s-{number}']")[0] for number in (1, 2))
        assert (first.get("stroke"), second.get("stroke")) == (palette.SERIES["1"][0], palette.SERIES["2"][0])
        assert first.get("stroke-dasharray") is None and second.get("stroke-dasharray")
        assert len(set(figures.DASHES)) == len(figures.DASHES) == len(palette.SERIES)

    def test_texts_and_axes_take_the_colour_of_the_page(self, curves):
        assert parse(curves.svg).get("fill") == "currentColor"
        assert curves.svg.count('fill="currentColor"') == 1
        assert palette.INK[0] not in curves.svg and "#000000" not in curves.svg
        assert 'stroke="currentColor"' in curves.svg

    def test_a_colour_chosen_by_the_author_is_kept(self):
        svg = recorded(lambda axes: axes.plot([1, 2], [1, 2], color="#123456")).svg
        assert 'stroke="#123456"' in svg

    def test_points_are_where_the_axes_say(self):
        def plot(axes):
            axes.figure.set_layout_engine("none")
            axes.set(position=(0.1, 0.1, 0.8, 0.8), xlim=(0, 2), ylim=(0, 4))
            axes.plot([0, 1, 2], [0, 4, 1])

        root = parse(recorded(plot).svg)
        width, height = map(float, root.get("viewBox").split()[2:])
        path = root.find(".//*[@class='s-1']").get("d")
        found = [tuple(map(float, point.split())) for point in re.split("[ML]", path)[1:]]
        for point, (across, up) in zip(found, [(0.1, 0.1), (0.5, 0.9), (0.9, 0.3)], strict=True):
            assert point == pytest.approx((across * width, (1 - up) * height), abs=0.06)

    def test_overlapping_points_stay_individually_transparent(self):
        def plot(axes):
            axes.bar([1, 1.5], [2, 2], alpha=0.5)

        paths = [path for path in parse(recorded(plot).svg).iter(f"{SVG}path") if path.get("opacity")]
        assert [path.get("opacity") for path in paths] == ["0.5", "0.5"]

    def test_elements_that_look_alike_share_a_group(self):
        markers = parse(recorded(lambda axes: axes.plot([1, 2, 3], [1, 2, 3], "o")).svg).findall(f".//{SVG}use")
        assert len(markers) == 3
        assert all(set(marker.keys()) == {"href", "x", "y"} for marker in markers)

    def test_a_power_of_ten_on_a_logarithmic_axis_stays_one_text(self):
        svg = recorded(lambda axes: axes.semilogy([1, 2], [1e-3, 1e3])).svg
        powers = [text for text in parse(svg).iter(f"{SVG}text") if len(text)]
        assert "10−3" in ["".join(text.itertext()) for text in powers]
        assert all(child.tag == f"{SVG}tspan" for text in powers for child in text)

    def test_an_image_is_inlined_at_its_size_and_place(self):
        svg = recorded(lambda axes: axes.imshow(np.eye(28))).svg
        [image] = parse(svg).iter(f"{SVG}image")
        kind, content = image.get("href").split(",")
        assert kind == "data:image/png;base64"
        header = base64.b64decode(content)[:24]
        assert (int.from_bytes(header[16:20]), int.from_bytes(header[20:24])) == (28, 28)
        scale = float(re.search(r"\(([\d.]+)", image.get("transform"))[1])
        clip = parse(svg).find(f".//{SVG}clipPath/{SVG}rect")
        assert scale * float(image.get("width")) == pytest.approx(float(clip.get("width")), abs=0.5)

    def test_references_to_hatches_and_clips_still_work(self):
        svg = recorded(lambda axes: axes.bar([1, 2], [1, 2], hatch="//")).svg
        linked = set(re.findall(r"""(?:url\(|href=")#(\w+)""", svg))
        assert linked and linked <= set(re.findall(r'id="([^"]+)"', svg))
        assert "<pattern" in svg

    def test_a_legend_is_below_the_axes_with_enough_room(self, curves):
        places = {text.text: float(text.get("y")) for text in parse(curves.svg).iter(f"{SVG}text")}
        assert places["epoch"] < places["training"] < places["validation, <held> out & kept"]
        lefts = {text.text: float(text.get("x")) for text in parse(curves.svg).iter(f"{SVG}text")}
        assert lefts["training"] == lefts["validation, <held> out & kept"] < 100
        assert "#ffffff" not in curves.svg and "#cccccc" not in curves.svg  # a frame would not grow with a translation
        bare = recorded(lambda axes: axes.plot([1, 2]))
        heights = [float(parse(plot.svg).get("viewBox").split()[3]) for plot in (bare, curves)]
        assert heights[1] > heights[0] + 30

    def test_without_an_axis_label_the_legend_is_closer(self):
        def plot(axes):
            axes.plot([1, 2], label="loss")
            axes.legend()

        with_label = recorded(lambda axes: (axes.set_xlabel("epoch"), plot(axes)))
        gaps = []
        for svg in (recorded(plot).svg, with_label.svg):
            places = {text.text: float(text.get("y")) for text in parse(svg).iter(f"{SVG}text")}
            gaps.append(places["loss"] - places["0.0"])
        assert gaps[1] - gaps[0] == pytest.approx(figures.LABEL_HEIGHT - figures.TICKS_HEIGHT, abs=1)


class TestTranslate:
    def test_whole_texts_are_replaced_and_escaped(self, curves):
        svg = translate(curves.svg, {"epoch": "эпоха <1>", "validation, <held> out & kept": "проверка"})
        assert {"эпоха <1>", "проверка", "training", "loss"} <= set(texts(svg))
        assert not {"epoch", "validation, <held> out & kept"} & set(texts(svg))

    def test_parts_of_texts_and_attributes_stay(self, curves):
        assert translate(curves.svg, {"train": "x", "middle": "x", "text": "x", "svg": "x"}) == curves.svg

    def test_every_word_of_a_plot_can_be_translated(self, curves):
        svg = translate(curves.svg, {text: text.upper() for text in curves.texts})
        assert set(curves.texts).isdisjoint(texts(svg))


class TestWeave:
    def test_a_screen_reader_gets_the_title(self, curves):
        root = parse(weave(curves.svg, 'Two "curves" <that> part', "p"))
        assert root.get("role") == "img"
        assert root[0].get("id") == root.get("aria-labelledby")
        assert root[0].text == 'Two "curves" <that> part'

    def test_ids_are_unique_on_a_page_and_every_reference_resolves(self, curves):
        woven = [weave(curves.svg, "t", prefix) for prefix in ("", "a", "b c.d")]
        ids = [re.findall(r'\bid="([^"]+)"', svg) for svg in woven]
        every = [one for own in ids for one in own]
        assert len(set(every)) == len(every) == 6
        for svg, own in zip(woven, ids, strict=True):
            linked = set(re.findall(r"#([\w-]+-d\d+)", svg))
            assert linked == {id for id in own if not id.endswith("-title")}

    def test_a_text_that_looks_like_an_id_is_kept(self):
        svg = recorded(lambda axes: axes.set_title('id="d0" and url(#d0)')).svg
        assert 'id="d0" and url(#d0)' in texts(weave(svg, "t", "p"))

    def test_it_is_one_svg_without_blank_lines_styles_or_scripts(self, curves):
        svg = weave(curves.svg, "t", "p")
        assert svg.startswith("<svg ") and svg.endswith("</svg>\n")
        assert all(line.strip() for line in svg.splitlines())
        assert not re.search(r"<style|style=|<script", svg)

    def test_a_standalone_plot_contains_both_schemes(self, curves):
        svg = weave(curves.svg, "t", standalone=True)
        assert parse(svg).find(f"{SVG}style").text.strip() == stylesheet(standalone=True).strip()
        assert "prefers-color-scheme:dark" in svg and "data-md-color-scheme" not in svg

    def test_a_text_that_is_not_a_recorded_drawing_is_refused(self):
        with pytest.raises(WeaveError, match="not a recorded plot"):
            weave('<?xml version="1.0"?><svg/>', "t")


# --- the colours ---


def linear(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one, other):
    """Return the contrast of two colours, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour):
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_and_curves_contrast_with_the_page(scheme):
    assert contrast(palette.INK[scheme], palette.PAGE[scheme]) >= 4.5
    for colours in palette.SERIES.values():
        assert contrast(colours[scheme], palette.PAGE[scheme]) >= 3


# Linear RGB as seen with one kind of cone missing, https://doi.org/10.1109/TVCG.2009.113
EYES = {
    "all": np.eye(3),
    "no red": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.052]],
    "no green": [[0.3673, 0.8606, -0.228], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.969]],
    "no blue": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9309, 0.1476], [0.0047, 0.6914, 0.3039]],
}
# Conversion to Oklab, in which distances match perception, https://bottosson.github.io/posts/oklab/
CONES = [[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]]
OKLAB = [[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]]


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("scheme", [0, 1])
def test_every_reader_can_distinguish_the_colours_of_curves(scheme, eyes):
    seen = [np.clip(EYES[eyes] @ np.array(linear(pair[scheme])), 0, 1) for pair in palette.SERIES.values()]
    places = [OKLAB @ np.cbrt(CONES @ colour) for colour in seen]
    assert min(np.linalg.norm(a - b) for a, b in combinations(places, 2)) >= 0.07


def test_the_sites_stylesheet_is_up_to_date():
    assert STYLESHEET.read_text("utf-8") == stylesheet(), "write to it: docweave.drawings.plot_svg.stylesheet()"


def test_the_stylesheet_styles_every_class_that_a_drawing_uses():
    def plot(axes):
        for number in range(6):
            axes.plot([0, 1], [number, number], "o-")

    used = {name for classes in re.findall(r'class="([^"]+)"', recorded(plot).svg) for name in classes.split()}
    assert used >= {"model-plot", "s-1", "f-1", "s-6", "f-6", "s-grid"}
    assert all(re.search(rf"\.{name}\b", stylesheet()) for name in used)
