"""What the sandbox does with a picture that somebody gave: open it, and draw it again. No Django here."""

from __future__ import annotations

from pathlib import Path

SIDE = 512
MOST_PIXELS = 24_000_000
KINDS = ("PNG", "JPEG", "WEBP")


def draw(path: str, out: str) -> dict[str, int]:
    """The picture as a PNG of at most `SIDE` pixels a side at `out`/logo.png, without anything else that its file held."""
    from PIL import Image, ImageOps

    with Image.open(Path(path), formats=KINDS) as given:
        if given.width * given.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        upright = ImageOps.exif_transpose(given).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    bare = Image.new("RGBA", upright.size)
    bare.paste(upright)
    bare.save(Path(out) / "logo.png", "PNG", optimize=True)
    return {"width": bare.width, "height": bare.height}
