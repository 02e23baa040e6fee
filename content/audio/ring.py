"""Makes the sound of the sample site: nothing comes in, a WAV file beside this script goes out.

It is a bell as arithmetic has it, and no recording: it sounds at several pitches at once, each of which dies away in
its own time, the high ones first. Nothing is random, so that making it twice gives the same file.

    python content/audio/ring.py
"""

from __future__ import annotations

import math
import wave
from pathlib import Path

RATE = 11_025  # samples a second, of a byte each: enough for a bell, and small
STROKES = (0.0, 1.6, 3.2)  # seconds
LENGTH = 7.0
STRIKE = 220.0  # Hz: the pitch at which people hear the bell
# The partials of a church bell: pitch as a share of the strike, loudness, seconds in which it falls to a third.
PARTIALS = (
    (0.5, 0.5, 2.4),
    (1.0, 1.0, 1.5),
    (1.2, 0.6, 1.1),
    (1.5, 0.4, 0.8),
    (2.0, 0.7, 0.7),
    (2.5, 0.3, 0.4),
    (3.0, 0.2, 0.3),
)


def sounded(moment: float) -> float:
    """How far the air is moved at a moment, from -1 to 1."""
    total = 0.0
    for stroke in STROKES:
        if (since := moment - stroke) >= 0:
            rise = min(1.0, since / 0.004)
            total += rise * sum(
                loud * math.exp(-since / fall) * math.sin(math.tau * STRIKE * pitch * since)
                for pitch, loud, fall in PARTIALS
            )
    return math.tanh(total / 2.2)


def main() -> None:
    """Write the file."""
    fade = 0.5
    count = int(RATE * LENGTH)
    samples = bytearray()
    for number in range(count):
        moment = number / RATE
        samples.append(128 + round(120 * sounded(moment) * min(1.0, (LENGTH - moment) / fade)))
    with wave.open(str(Path(__file__).with_name("bell.wav")), "wb") as file:
        file.setparams((1, 1, RATE, count, "NONE", "not compressed"))
        file.writeframes(bytes(samples))


if __name__ == "__main__":
    main()
