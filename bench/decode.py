"""From a JPEG to the network's input: Headgraft beside Pillow, one thread each, photo by photo in turns.

    python3 bench/decode.py --backbone SqueezeNet.mlmodel PHOTO... [--rounds 5]

Of each photo, a large one, come four JPEGs of quality 90: its middle enlarged or reduced to 4032x3024, 1920x1440, 640x480 and 320x240.
Pillow's way is the usual one: open, turn by the EXIF orientation, RGB, resize to 227x227 (bilinear); "draft" has it
decode at a fraction of the size too, which few know of. Times begin with the file in memory and end with the pixels. Prints for each
size the medians in milliseconds, their ratios, and the lowest cosine of the features to those of the same picture as a
PNG, which is decoded whole. Build first; needs Debian's python3-pil and python3-numpy.
"""

import argparse
import io
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent
SIZES = [(4032, 3024), (1920, 1440), (640, 480), (320, 240)]
INPUT = (227, 227)


def pillow(data, draft):
    begin = time.perf_counter()
    image = Image.open(io.BytesIO(data))
    if draft:
        # Like ours: twice the input's size is left.
        image.draft("RGB", (2 * INPUT[0], 2 * INPUT[1]))
    image = ImageOps.exif_transpose(image).convert("RGB")
    np.asarray(image.resize(INPUT, Image.Resampling.BILINEAR))
    return time.perf_counter() - begin


class Ours:

    def __init__(self, backbone):
        self.process = subprocess.Popen(
            [ROOT / "bench/run", "-Xmx1g", "DecodeSpeed", backbone],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def ask(self, path):
        print(path, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        return answer["seconds"], np.array(answer["features"])


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def make(photo, size, stem):
    """The JPEG, and the same picture as a PNG."""
    middle = ImageOps.fit(ImageOps.exif_transpose(Image.open(photo)).convert("RGB"), size, Image.Resampling.LANCZOS)
    jpeg, png = stem.with_suffix(".jpg"), stem.with_suffix(".png")
    middle.save(jpeg, quality=90)
    Image.open(jpeg).save(png, compress_level=1)
    return jpeg, png


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--backbone", required=True)
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    ours = Ours(args.backbone)
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            files = [make(photo, size, Path(folder) / f"{size[0]}-{i}") for i, photo in enumerate(args.photos)]
            cosines = [cosine(ours.ask(jpeg)[1], ours.ask(png)[1]) for jpeg, png in files]
            times = {"ours": [], "pillow": [], "draft": []}
            passes = max(1, 2_000_000 // (size[0] * size[1]))
            for _ in range(args.rounds):
                for jpeg, _ in files:
                    data = jpeg.read_bytes()
                    for _ in range(passes):
                        times["ours"].append(ours.ask(jpeg)[0])
                        times["pillow"].append(pillow(data, draft=False))
                        times["draft"].append(pillow(data, draft=True))
            medians = {name: statistics.median(each) * 1e3 for name, each in times.items()}
            print(f"{size[0]}x{size[1]}: ours {medians['ours']:.2f} ms, Pillow {medians['pillow']:.2f} ms "
                  f"({medians['pillow'] / medians['ours']:.2f} times), with draft {medians['draft']:.2f} ms "
                  f"({medians['draft'] / medians['ours']:.2f} times); lowest cosine {min(cosines):.5f}", flush=True)


if __name__ == "__main__":
    main()
