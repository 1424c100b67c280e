"""All ffmpeg filters, in the form that every version from 4.2 on understands, and in the same way.

Do not use these:

* ``framelog=quiet`` of ebur128 is unknown before 6.0. With ``metadata=1`` it prints no line for each block anyway.
* ``latency=1`` of alimiter: 4.2 does not know it. The delay is known to the sample: see `compute_limiter_delay`.
* ``anullsink``: 7.0 and 7.1 abort if it is in the graph. Each end of a graph gets an output of its own.
* ``normalize=0`` of amix: only from 4.4 on. Channels are merged and then added.
"""

from __future__ import annotations

_ATTACK = 5
"""Milliseconds that alimiter looks ahead: its default, stated explicitly."""

LOUDNESS = "ebur128=metadata=1"
"""Measure by BS.1770; the result is logged at the end, with the log level "info"."""

_BLOCK_LEVELS = rf"{LOUDNESS},ametadata=print:key=lavfi.r128.M:file='pipe\:2'"
"""Write the loudness of the last 400 ms to stderr every 100 ms."""

_PEAKS = "astats={}measure_perchannel=none:measure_overall=Peak_level"

TO_NOWHERE = ("-f", "null", "-")
"""An output for sound that is only measured."""


def compute_limiter_delay(rate: int) -> int:
    """Return the delay of alimiter in samples at a sample rate; silence comes first.

    >>> compute_limiter_delay(22_050)
    109
    """
    return rate * _ATTACK // 1000 - 1


def limit_and_measure(headroom: int, ceiling: float, rate: int) -> list[str]:
    """Return the options that limit sound, write it to stdout at ``rate``, and the loudness of blocks to stderr.

    The sound is delayed by `compute_limiter_delay` of its own rate. It is measured at its own rate, at half the cost of
    48 kHz. (4.2 measures at 48 kHz only: the empty ``aresample`` is where it converts.)

    Args:
        headroom: The factor by which the input is amplified first.
        ceiling: The highest level of a sample, in dBFS.
        rate: Samples a second of the output.
    """
    limit = f"alimiter=limit={10 ** (ceiling / 20):.4f}:attack={_ATTACK}:level=0"
    graph = (
        f"aformat=sample_fmts=dblp,volume={headroom}:precision=double,{limit},asplit[sound][measured];"
        f"[sound]aresample={rate}:filter_size=64:internal_sample_fmt=fltp[out];"
        f"[measured]aresample,{_BLOCK_LEVELS}[loudness]"
    )
    return ["-filter_complex", graph, "-map", "[out]", "-f", "s16le", "pipe:1", "-map", "[loudness]", *TO_NOWHERE]


def measure_blocks(rate: int, block: int) -> list[str]:
    """Return the options that write the loudness of blocks to stderr, and the highest sample of each to stdout.

    Loudness is measured at half of 48 kHz, which is half the work and differs by 0.06 LU at most. Peaks are measured at
    four times the rate, by 12 taps a phase, where samples come near the true peaks (BS.1770-4, annex 2).

    Args:
        rate: Samples a second at which a block has ``block`` samples.
        block: Samples of a block: 100 ms.
    """
    graph = (
        f"aresample={rate},asplit[measured][heard];[measured]aresample=24000,{_BLOCK_LEVELS}[loudness];"
        f"[heard]aresample={4 * rate}:filter_size=12,asetnsamples={4 * block},{_PEAKS.format('metadata=1:reset=1:')},"
        r"ametadata=print:key=lavfi.astats.Overall.Peak_level:file='pipe\:1'[peaks]"
    )
    return ["-filter_complex", graph, "-map", "[loudness]", "-map", "[peaks]", *TO_NOWHERE]


def measure_whole(rate: int) -> list[str]:
    """Return the options that measure the loudness and the true peak of a whole file; both are logged at the end.

    ebur128's own true peak takes three times as long.
    """
    graph = (
        f"[0:a:0]asplit[measured][heard];[measured]aresample=24000,{LOUDNESS}[loudness];"
        f"[heard]aresample={4 * rate}:filter_size=12,{_PEAKS.format('')}[peaks]"
    )
    return ["-filter_complex", graph, "-map", "[loudness]", "-map", "[peaks]", *TO_NOWHERE]


def make_clear(tempo: int) -> str:
    """Return the filters that play words at so many hundredths of their tempo, and 3 dB louder from 1 to 4 kHz.

    Two shelves make the difference, which is under 0.4 dB below 600 Hz and above 5.6 kHz. What they add to the loudness
    of speech is taken off the whole.
    """
    shelves = "treble=g=2.7:f=900:t=q:w=0.75,treble=g=-2.7:f=4700:t=q:w=0.75"
    return f"volume=-1.7dB,{shelves},atempo={tempo / 100},aresample=48000"


def pan(left: float, right: float) -> str:
    """Return the graph that makes two channels of one, each with its factor: from ``[0:a]`` to ``[out]``."""
    return f"[0:a]aformat=sample_fmts=flt,pan=stereo|c0={left}*c0|c1={right}*c0[out]"


def mix_bed(left: float, right: float, bed: float) -> str:
    """Return the graph that mixes speech, a bed in two channels and the bed's envelope: from ``[0:a]`` to ``[out]``."""
    return (
        f"[0:a]aformat=sample_fmts=flt,asplit=3[v][b][g];[v]pan=stereo|c0={left}*c0|c1={right}*c0[voice];"
        f"[b]pan=stereo|c0={bed:.6f}*c1|c1={bed:.6f}*c2[bed];[g]pan=stereo|c0=c3|c1=c3[gain];"
        "[bed][gain]amultiply[under];[voice][under]amerge=inputs=2,pan=stereo|c0=c0+c2|c1=c1+c3[out]"
    )
