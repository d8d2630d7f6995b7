"""The outputs on the start page."""

import numpy as np


def test_the_first_model_has_152_parameters(ran, printed):
    assert ran.namespace["forecast_model"].count_params() == 152 == 7 * 16 + 16 + (7 + 16) * 1 + 1
    assert "Total params: 152" in printed("first_model")


def test_the_last_layer_of_the_first_model_also_reads_the_input(ran):
    joined = ran.namespace["forecast_model"].get_layer("joined")
    assert [tensor.shape for tensor in joined.input] == [(None, 7), (None, 16)]


def test_three_weeks_give_three_forecasts(printed):
    assert printed("call_it") == "(3, 7) -> (3, 1)\n"


def test_the_garment_model_has_three_inputs_and_one_output(ran, printed):
    assert printed("garment") == "inputs: ['metadata', 'text', 'photo']\noutputs: ['price']\n"
    assert ran.namespace["garment_model"].output_shape == (None, 1)


def test_the_effect_of_the_text_depends_on_the_photo(ran):
    """A single layer on the joined numbers would only add the contributions of the inputs, whatever its weights."""
    import keras

    model, rng = keras.models.clone_model(ran.namespace["garment_model"]), np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    texts = np.repeat(rng.integers(5_000, size=(20, 5)), 2, axis=0)
    photos = np.tile(rng.normal(size=(2, 64, 64, 3)), (20, 1, 1, 1))
    first, second = model.predict([np.ones((40, 12)), texts, photos], verbose=0).reshape(20, 2).T
    assert np.ptp(second - first) > 0.1


def test_the_novel_model_has_one_input_and_two_outputs(ran, printed):
    assert printed("novel") == "inputs: ['novel']\noutputs: ['genre', 'year']\n"
    assert ran.namespace["novel_model"].output_shape == [(None, 8), (None, 1)]


def test_the_branches_keep_the_shape(printed):
    assert printed("branches") == "input:  (None, 28, 28, 8)\noutput: (None, 28, 28, 8)\n"


def test_the_branches_split_and_rejoin(ran):
    diagram = ran.record.diagrams["branch_model"]
    edges = {(edge.source, edge.target) for edge in diagram.edges}
    assert {("features", "fine"), ("features", "coarse"), ("features", "rejoined"), ("both", "rejoined")} <= edges
