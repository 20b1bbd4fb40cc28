"""Times native OpenCV's classical pipeline on one thread: python3 native_opencv.py IMAGE DOWNSCALE…

Prints one JSON line: OpenCV's version and, per downscale, the median milliseconds of each stage.
"""
import json
import statistics
import sys
import time

import cv2
import numpy as np

RUNS = 11
NUCLEUS_RADIUS_PX = 3


def median_ms(stage):
    """Median time of a stage, and what it gives."""
    stage()
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        result = stage()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times), result


def markers(mask, distance):
    """One label a peak of the distance transform, 1 for the background, 0 where the watershed decides."""
    highest = cv2.dilate(distance, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)))
    peaks = ((distance >= highest) & (distance > NUCLEUS_RADIUS_PX)).astype(np.uint8)
    _, labels = cv2.connectedComponents(peaks)
    labels = labels + 1
    labels[(mask > 0) & (peaks == 0)] = 0
    return labels


def stage_times(image, downscale):
    cross = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    ms = {}

    def run(name, stage):
        ms[name], result = median_ms(stage)
        return result

    if downscale > 1:
        source = image
        factor = 1 / downscale
        image = run("resize", lambda: cv2.resize(source, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    lab = run("lab", lambda: cv2.cvtColor(image, cv2.COLOR_BGR2LAB))
    redness = run("a*", lambda: cv2.extractChannel(lab, 1))
    smooth = run("blur", lambda: cv2.GaussianBlur(redness, (5, 5), 1.0))
    _, mask = run("otsu", lambda: cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU))
    opened = run("open", lambda: cv2.morphologyEx(mask, cv2.MORPH_OPEN, cross))
    closed = run("close", lambda: cv2.morphologyEx(opened, cv2.MORPH_CLOSE, cross))
    run("components", lambda: cv2.connectedComponentsWithStats(closed, connectivity=8))
    distance = run("distance", lambda: cv2.distanceTransform(closed, cv2.DIST_L2, 5))
    seeds = run("markers", lambda: markers(closed, distance))
    run("watershed", lambda: cv2.watershed(image, seeds.copy()))
    return ms


if __name__ == "__main__":
    cv2.setNumThreads(1)
    picture = cv2.imread(sys.argv[1], cv2.IMREAD_COLOR)
    print(
        json.dumps(
            {
                "version": cv2.__version__,
                "stages": {downscale: stage_times(picture, int(downscale)) for downscale in sys.argv[2:]},
            }
        )
    )
