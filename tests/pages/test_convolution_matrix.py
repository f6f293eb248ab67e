"""The view "matrix": the equation that is sent, and the counts for large pictures."""

import numpy as np
import pytest

from tests.pages.convolution_views import message, opened, texts


@pytest.mark.parametrize("kind", ["shared", "sparse", "dense"])
@pytest.mark.parametrize("way", ["forward", "transposed"])
def test_what_comes_out_is_the_matrix_times_what_goes_in(kind: str, way: str) -> None:
    header, (matrix, given, output, *_) = message(
        opened("matrix", picture="cat", kind=kind, way=way), "given"
    )
    assert len(output) == np.prod(header["output"])
    np.testing.assert_allclose(matrix.reshape(len(output), -1) @ given, output, atol=1e-5)


@pytest.mark.parametrize(("kind", "weights"), [("shared", 144), ("sparse", 144), ("dense", 576)])
def test_dense_sparse_and_shared_differ_in_their_weights(kind: str, weights: int) -> None:
    app = opened("matrix", kind=kind, side="6")
    _, (matrix, _, _, reads, _) = message(app, "given")
    assert (matrix.size, reads.sum()) == (576, weights)
    assert any(f"{weights}" in line.value for line in app.latex)


def test_the_transpose_gives_a_picture_of_the_first_size() -> None:
    header, _ = message(opened("matrix", side="8", stride="2", padding="zeros", way="transposed"), "given")
    assert (header["given"], header["output"]) == ([4, 4], [8, 8])


def test_a_row_in_the_middle_of_those_that_read_most_is_marked() -> None:
    header, (_, _, output, reads, _) = message(opened("matrix", padding="zeros"), "given")
    assert reads.reshape(len(output), -1)[header["selected"]].sum() == 9


def test_the_counts_of_the_lecture() -> None:
    """N20 (Kainz)."""
    said = texts(opened("matrix", pixels="12000000", depth="3", taps="3", width="100"))
    for number in (
        "n = 36,000,000",
        "1,296,000,000,000,000",
        "3,600,000,000",
        "108,000,000",
        "| 3 |",
        "5.18 PB",
    ):
        assert number in said


def test_other_sizes_are_counted_too() -> None:
    said = texts(opened("matrix", pixels="784", depth="1", taps="25", width="10"))
    for number in ("n = 784", "614,656", "7,840", "19,600", "| 25 |"):
        assert number in said


def test_hostile_links_show_the_first_state() -> None:
    names = ("kernel", "side", "stride", "padding", "kind", "way", "pixels", "depth", "taps", "width")
    for value in ("", "-1", "1e99", "²", "<script>", "x" * 10_000):
        app = opened("matrix", **dict.fromkeys(names, value))
        assert not app.exception
        assert message(app, "given")[0]["given"] == [6, 6]
