"""Writes tests/reference/pictures: small pictures of each kind, and what their pixels are in sRGB.

The colours behind a profile are LittleCMS's, through Pillow's ImageCms; all others are the pixels that were
written, or what Pillow reads of them. Run with the packages of requirements.txt.
"""

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageFilter

OUT = Path(__file__).parent / "pictures"
OUT.mkdir(exist_ok=True)
WIDTH, HEIGHT = 24, 16

# A smooth picture that is different in each corner, with saturated colours.
x, y = np.meshgrid(np.linspace(0, 1, WIDTH), np.linspace(0, 1, HEIGHT))
RGB = Image.fromarray((255 * np.stack([x, y, 1 - 0.5 * x - 0.5 * y], axis=-1)).round().astype(np.uint8))


def expect(name, picture):
    picture.convert("RGBA").save(OUT / f"{name}.expected.png", optimize=True)


def keep(name, expected=RGB, picture=RGB, **options):
    picture.save(OUT / name, **options)
    if expected is not None:
        expect(name, expected)


def profile(space, tags):
    """An ICC profile (ICC.1:2010) of version 4."""
    table, data, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += b"\0" * (-len(value) % 4)
        table += name + struct.pack(">II", at + len(data), len(value))
        data += value
    size = at + len(data)
    header = struct.pack(">I4sI4s4s4s", size, b"\0" * 4, 0x04200000, b"mntr", space, b"XYZ ")
    header += struct.pack(">6H4s4sI4sIQI3I", 2026, 1, 1, 0, 0, 0, b"acsp", b"\0" * 4, 0, b"\0" * 4, 0, 0, 0, 0xF6D6, 0x10000, 0xD32D)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def xyz(*values):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *[round(65536 * value) for value in values])


def gamma(value):
    return b"para\0\0\0\0" + struct.pack(">HHi", 0, 0, round(65536 * value))


def srgb_curve():
    values = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]
    return b"para\0\0\0\0" + struct.pack(">HH5i", 3, 0, *[round(65536 * value) for value in values])


def text(value):
    words = value.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(words), 28) + words


COMMON = {b"desc": text("test"), b"cprt": text("none"), b"wtpt": xyz(0.9642, 1.0, 0.8249)}
CURVE = srgb_curve()
# Primaries of P3 (SMPTE EG 432-1) with white D65, adapted to D50 by Bradford.
P3 = profile(b"RGB ", COMMON | {
    b"rXYZ": xyz(0.51512, 0.24120, -0.00105), b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
    b"bXYZ": xyz(0.15710, 0.06657, 0.78407), b"rTRC": CURVE, b"gTRC": CURVE, b"bTRC": CURVE,
})  # fmt: skip
GREY = profile(b"GRAY", COMMON | {b"kTRC": gamma(1.5)})
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def in_srgb(picture, icc, mode="RGB"):
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return ImageCms.profileToProfile(picture, source, SRGB, outputMode=mode)


P3_IN_SRGB = in_srgb(RGB, P3)

# Kinds of file.
keep("plain.bmp")
keep("plain.tif")
keep("lzw.tif", compression="tiff_lzw")
Image.fromarray((np.asarray(RGB.convert("L")).astype(np.uint16) * 257)).save(OUT / "grey-16.tif")
expect("grey-16.tif", RGB.convert("L"))
palette = RGB.quantize(64)
keep("palette.png", palette.convert("RGB"), palette)
keep("palette.gif", palette.convert("RGB"), palette)
red = Image.new("RGB", RGB.size, (255, 0, 0)).quantize(2)
keep("animated.gif", palette.convert("RGB"), palette, save_all=True, append_images=[red], duration=100)
grey = RGB.convert("L")
keep("grey.png", grey, grey)
keep("grey.jpg", None, grey, quality=95)
expect("grey.jpg", Image.open(OUT / "grey.jpg"))
sixteen = np.asarray(grey).astype(np.uint16) * 257
Image.fromarray(sixteen).save(OUT / "grey-16.png")
expect("grey-16.png", grey)
alpha = RGB.copy()
alpha.putalpha(Image.fromarray((255 * x).round().astype(np.uint8)))
keep("alpha.avif", None, alpha, quality=100, subsampling="4:4:4", speed=8)
expect("alpha.avif", Image.open(OUT / "alpha.avif"))
for name, options in {
    "plain.avif": {"quality": 100, "subsampling": "4:4:4"},
    "halved.avif": {"quality": 90, "subsampling": "4:2:0"},
    "limited.avif": {"quality": 95, "subsampling": "4:2:2", "range": "limited"},
    "grey.avif": {"quality": 95, "subsampling": "4:0:0"},
}.items():
    keep(name, None, speed=8, **options)
    expect(name, Image.open(OUT / name))


def clockwise():
    """To be turned clockwise to be seen. AVIF's writer takes the entry away."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


keep("turned.avif", None, quality=100, subsampling="4:4:4", speed=8, exif=clockwise())
expect("turned.avif", Image.open(OUT / "plain.avif").convert("RGB").transpose(Image.Transpose.ROTATE_270))
keep("turned.jpg", None, quality=95, subsampling=0, exif=clockwise(), icc_profile=P3)
turned = Image.open(OUT / "turned.jpg").convert("RGB")
expect("turned.jpg", in_srgb(turned, P3).transpose(Image.Transpose.ROTATE_270))

# Profiles.
keep("p3.png", P3_IN_SRGB, icc_profile=P3)
keep("p3.webp", P3_IN_SRGB, lossless=True, icc_profile=P3)
keep("p3.tif", P3_IN_SRGB, icc_profile=P3)
keep("p3.avif", None, quality=100, subsampling="4:4:4", speed=8, icc_profile=P3)
expect("p3.avif", in_srgb(Image.open(OUT / "p3.avif").convert("RGB"), P3))
p3_alpha = alpha.copy()
p3_alpha.save(OUT / "p3-alpha.png", icc_profile=P3)
converted = P3_IN_SRGB.copy()
converted.putalpha(alpha.getchannel("A"))
expect("p3-alpha.png", converted)
keep("srgb.png", RGB, icc_profile=SRGB.tobytes())
keep("grey-profile.png", in_srgb(grey, GREY, "RGB"), grey, icc_profile=GREY)
keep("broken-profile.png", RGB, icc_profile=b"no profile at all" * 10)
# Its profile is of another kind of picture.
keep("other-profile.png", RGB, icc_profile=GREY)

# CMYK, as Photoshop writes it and as Pillow reads it: without a profile, by the plain formula.
cmyk = RGB.convert("CMYK")
keep("cmyk.jpg", None, cmyk, quality=95, subsampling=0)
expect("cmyk.jpg", Image.open(OUT / "cmyk.jpg").convert("RGB"))
