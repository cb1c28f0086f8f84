"""Pillow's time for the picture of bench/resize.ts: prints the median milliseconds of 60 runs on one thread."""
import statistics
import sys
import time

from PIL import Image

side, target, kernel = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
image = Image.frombytes("L", (side, side), sys.stdin.buffer.read())
code = Image.Resampling[kernel.upper()]
times = []
for _ in range(80):
    start = time.perf_counter()
    image.resize((target, target), code)
    times.append((time.perf_counter() - start) * 1000)
print(statistics.median(times[20:]))
