"""Makes the fonts of the charts from the pinned package of fonts: `uv run --with fonttools --with brotli scripts/chart_fonts.py`.

A picture that stands alone (SVG in an `<img>`, PNG) cannot load the site's fonts. Two static weights are kept as TrueType for
the drawing program, and as a small WOFF2 (French letters and figures) that goes into each SVG."""

from __future__ import annotations

import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next"
TARGET = ROOT / "parvis/catalog/drawing/fonts"
LETTERS = "".join(map(chr, range(0x20, 0x7F))) + "àâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆñÑáíóú«»’‘“”…–—·°²³€−×\xa0\u202f\u2009"


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for weight, style in ((400, "Regular"), (700, "Bold")):
        font = TTFont(PACKAGE / "files/atkinson-hyperlegible-next-latin-wght-normal.woff2")
        instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True, updateFontNames=False)
        for record, text in ((1, "Atkinson Hyperlegible Next"), (2, style), (4, f"Atkinson Hyperlegible Next {style}")):
            font["name"].setName(text, record, 3, 1, 0x409)
            font["name"].setName(text, record, 1, 0, 0)
        font["OS/2"].usWeightClass = weight
        font["OS/2"].fsSelection = 0x20 if weight == 700 else 0x40
        font["head"].macStyle = 1 if weight == 700 else 0
        # A narrow no-break space separates thousands; where the font lacks it, it would be a box.
        table = font.getBestCmap()
        for missing, like in ((0x202F, 0x2009), (0x202F, 0xA0), (0x2212, 0x2013)):
            if missing not in font.getBestCmap() and like in table:
                for one in font["cmap"].tables:
                    if one.isUnicode():
                        one.cmap[missing] = table[like]
        font.flavor = None
        font.save(TARGET / f"atkinson-{weight}.ttf")
        options = subset.Options(layout_features=["kern"], hinting=False, flavor="woff2")
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=LETTERS)
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(TARGET / f"atkinson-{weight}.woff2")
    shutil.copyfile(PACKAGE / "LICENSE", TARGET / "LICENSE")


if __name__ == "__main__":
    main()
