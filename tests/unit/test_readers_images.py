from __future__ import annotations

from pathlib import Path

import pytest
from chalicelib.extraction import Note, kind_of, read
from PIL import Image

from tests.unit import extraction_files as files

FORMATS = ["png", "jpg", "gif", "webp"]


def _image(path: Path, size: tuple[int, int] = (40, 30), frames: int = 1) -> Path:
    images = [Image.new("RGB", size, (shade * 40, 10, 200)) for shade in range(frames)]
    if frames > 1:
        images[0].save(path, save_all=True, append_images=images[1:])
    else:
        images[0].save(path)
    return path


@pytest.mark.parametrize("ending", FORMATS)
def test_an_image_gives_its_size_and_no_pages(tmp_path: Path, ending: str) -> None:
    pages, total = files.extract(_image(tmp_path / f"a.{ending}"))
    assert pages == []
    assert total.image == {"width": 40, "height": 30, "frames": 1}


@pytest.mark.parametrize("ending", ["png", "gif", "webp"])
def test_frames_are_counted(tmp_path: Path, ending: str) -> None:
    _, total = files.extract(_image(tmp_path / f"a.{ending}", frames=3))
    assert total.image == {"width": 40, "height": 30, "frames": 3}


@pytest.mark.parametrize("ending", ["png", "gif", "webp"])
def test_frames_that_nobody_sees_are_said(tmp_path: Path, ending: str) -> None:
    moving, still = _image(tmp_path / f"a.{ending}", frames=3), _image(tmp_path / f"b.{ending}")
    for path, notes in ((moving, [Note("frames_left_out", count=2)]), (still, [])):
        items = read(path, kind_of(path, path.name, ""), files.FAST)
        assert [item for item in items if isinstance(item, Note)] == notes


@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("exif", [b"", b"Exif\x00\x00"])
def test_each_kind_of_webp(tmp_path: Path, lossless: bool, exif: bytes) -> None:
    Image.new("RGB", (123, 45)).save(tmp_path / "a.webp", lossless=lossless, exif=exif)
    assert files.extract(tmp_path / "a.webp")[1].image == {"width": 123, "height": 45, "frames": 1}


def test_a_progressive_jpeg_with_comments(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480)).save(tmp_path / "a.jpg", progressive=True, comment=b"\xff\xc0 not a size")
    assert files.extract(tmp_path / "a.jpg")[1].image == {"width": 640, "height": 480, "frames": 1}


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("kept", [0.9, 0.4])
def test_an_image_cut_short_is_broken(tmp_path: Path, ending: str, kept: float) -> None:
    path = _image(tmp_path / f"a.{ending}", (200, 200))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    error = files.failure(path)
    assert error.code == "broken_file"


def test_an_image_that_claude_refuses_is_refused_with_the_limit(tmp_path: Path) -> None:
    error = files.failure(_image(tmp_path / "wide.png", (8_001, 1)))
    assert error.code == "image_too_large"
    assert "8,000 pixels" in error.message
    assert files.extract(_image(tmp_path / "just.png", (8_000, 1)))[1].image == {
        "width": 8_000,
        "height": 1,
        "frames": 1,
    }


def test_an_image_of_too_many_bytes_is_refused(tmp_path: Path) -> None:
    path = _image(tmp_path / "a.png")
    with path.open("ab") as file:
        file.write(b"\x00" * (4 * 1024 * 1024))
    assert files.failure(path).code == "image_too_large"
