"""The outputs of the JAX program in “One model, many devices”."""

import re

import pytest


def test_one_processor_acts_as_four_devices(printed):
    assert printed("imports") == "jax ['cpu:0', 'cpu:1', 'cpu:2', 'cpu:3']\n"


def test_one_device_learns_more_than_the_mean(measured):
    (mean,) = measured("data")
    first, last = measured("one_device")
    assert mean == pytest.approx(1, abs=0.001)
    assert last < 0.3 < mean < first


def test_four_devices_give_the_losses_and_weights_of_one(measured, printed):
    assert measured("four_at_once") == pytest.approx(measured("one_device"), rel=2e-3)
    assert printed("agree") == "same losses:  True\nsame weights: True\n"


def test_only_equal_parts_have_the_mean_gradient_of_the_whole(printed):
    assert printed("quarters") == "four parts of 16:  True\nparts of 60 and 4: False\n"


def test_the_mesh_has_one_axis_of_four_devices(printed):
    assert printed("data_parallel") == "(4,) ['batch']\n"


def test_each_device_has_a_quarter_of_the_batch_and_the_whole_kernel(printed):
    batch, kernel = printed("where_it_is").splitlines()
    assert re.findall(r"\(\d+, \d+\)", batch) == ["(16, 8)"] * 4
    assert re.findall(r"\(\d+, \d+\)", kernel) == ["(8, 32)"] * 4


def test_a_batch_not_divisible_by_four_is_refused(error):
    kind, text = error("uneven_batch")
    assert kind == "IndivisibleError"
    assert "partitioned 4 times" in text and "50" in text


def test_the_model_has_two_branches_that_join_in_40_numbers(ran):
    diagram = ran.record.diagrams["single"]
    assert {edge.source for edge in diagram.edges if edge.target == "joined"} == {"mood", "one_row"}
    assert {node.shape for node in diagram.nodes if node.id == "joined"} == {"(None, 40)"}
