# Sourced by the scripts beside it, with $scripts set to the absolute path of this folder. Sets $checkout and $venv. All
# the rest happens in subshells, so no other variable of these scripts changes. POSIX sh; runs on Linux and macOS.
# shellcheck shell=sh

checkout=${scripts%/*}

# Print an error of at most a few lines, and give up.
give_up() {
    printf 'voicecoach: %s\n' "$@" >&2
    exit 1
}

# True if environment $1 is complete, and made from the requirements $2 as they are now.
is_ready() {
    [ -x "$1/bin/python" ] && [ "$(cat "$1/$2" 2>/dev/null)" = "$(cat "$scripts/$2")" ]
}

# Set $venv to the environment for the requirements $1, and make it if it is missing. Tests and docs have their own: none is
# replaced under a running program of another. "newest" is not a list, but whatever is the newest now.
prepare() {
    venv=$checkout/.venv
    case $1 in
    requirements.txt) set -- "$1" 148 ;;
    requirements-listen.txt) set -- "$1" 333 && venv=$venv-listen ;;
    requirements-docs.txt) set -- "$1" 208 && venv=$venv-docs ;;
    requirements-*.txt) set -- "$1" 375 && venv=$venv-${1#*-} && venv=${venv%.txt} ;;
    newest) set -- "$1" 375 && venv=$venv-newest && rm -rf "$venv" ;;
    esac
    is_ready "$venv" "$1" || set_up "$1" "$2"
}

# Print the path of the first Python that is new enough. (By its name alone, uv might find another.)
find_python() (
    for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$python"
            exit
        fi
    done
    exit 1
)

# Make $venv from the requirements $1, about $2 MB. What an interrupted set-up has left is made anew.
set_up() (
    python=$(find_python) || give_up "Python 3.11 or newer is needed, and none was found on the PATH." \
        "Get it from your system's packages or from python.org, then run this again."
    lock
    ! is_ready "$venv" "$1" || exit 0
    { rm -rf "$venv" && mkdir "$venv"; } 2>/dev/null ||
        give_up "no folder can be made in $checkout." "Copy it to where you can write, and try again."
    requirements=$1 size=$2
    has_bundles || size=$((size - 80))
    has_natural_voice || size=$((size - 55))
    printf 'Setting up, once: Python packages, about %s MB ... ' "$size" >&2
    began=$(date +%s)
    list_packages >"$venv/list"
    set -- -r "$venv/list"
    [ "$requirements" = newest ] || set -- "$@" --require-hashes --no-deps --only-binary imageio-ffmpeg
    if ! with_uv "$@" >"$venv/log" 2>&1 </dev/null && ! with_pip "$@" >"$venv/log" 2>&1 </dev/null; then
        printf 'failed\n' >&2
        grep -v '^WARNING' "$venv/log" | tail -n 5 >&2
        rm -rf "$venv"
        "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || give_up "this Python can't make virtual environments." \
            "On Debian and Ubuntu: apt install python3-venv. Then run this again."
        give_up "the packages it needs could not be installed." "Check the network connection, then run this again."
    fi
    # A relative line counts from site-packages, so the checkout can be moved.
    for packages in "$venv"/lib/python3*/site-packages; do
        printf '../../../..\n' >"$packages/voicecoach.pth"
    done
    [ "$requirements" = newest ] || cp "$scripts/$requirements" "$venv"
    printf '%s s\n' "$(($(date +%s) - began))" >&2
    has_bundles || for program in ffmpeg espeak-ng; do
        command -v "$program" >/dev/null 2>&1 || printf 'voicecoach: no package brings %s to this machine; %s %s\n' \
            "$program" "install it from your system, as: apt install" "$program" >&2
    done
    has_natural_voice || printf 'voicecoach: no package brings the natural voice to this machine; %s\n' \
        "the voice of the system speaks." >&2
)

# Let one set-up run at a time. The lock ends with this subshell and with the installer that it has started.
lock() {
    exec 9<"$scripts/setup.sh"
    "$python" -c '
import fcntl, sys
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Waiting for another set-up ...", file=sys.stderr)
    fcntl.flock(9, fcntl.LOCK_EX)
except OSError:
    pass  # this file system has no locks'
}

# True if there are packages with ffmpeg and with espeak-ng for this machine. On Linux they need x86-64 or 64-bit ARM
# (pyproject.toml says so too) and glibc 2.28, which no marker of a requirement can ask for.
has_bundles() {
    "$python" -c '
import platform, sys
name, version = platform.libc_ver()
fits = sys.maxsize > 2**32 and platform.machine() in ("x86_64", "aarch64") and name == "glibc"
sys.exit(sys.platform == "linux" and not (fits and [int(part) for part in version.split(".")[:2]] >= [2, 28]))'
}

# True if there are packages of the natural voice for this machine. ONNX runtime's wheels on Linux need what the bundles
# need, and on macOS an Apple processor (pyproject.toml says so too) and macOS 14.
has_natural_voice() {
    has_bundles && "$python" -c '
import platform, sys
version = platform.mac_ver()[0].partition(".")[0]
fits = version.isdecimal() and int(version) >= 14 and platform.machine() == "arm64"
sys.exit(not (sys.platform == "linux" or sys.platform == "darwin" and fits))'
}

# Print what to install: on machines that have no bundles or no natural voice, without them. (Not every pip knows the
# groups of pyproject.toml.)
list_packages() {
    if [ "$requirements" = newest ]; then
        "$python" -c '
import sys, tomllib
asked = tomllib.load(sys.stdin.buffer)
groups = asked["dependency-groups"]
print(*asked["project"]["dependencies"], *groups["lint"], *groups["test"], sep="\n")' <"$checkout/pyproject.toml"
    else
        without=
        has_bundles || without='espeakng-loader imageio-ffmpeg playwright greenlet pyee'
        has_natural_voice || without="$without hibari-tts piper-tts onnxruntime numpy flatbuffers protobuf"
        for name in $without; do
            printf '/^%s==/,/[^\\]$/d\n' "$name"
        done >"$venv/without"
        sed -f "$venv/without" "$scripts/$requirements"
    fi
}

# uv takes seconds where pip takes a minute, but few people have it. If it fails, pip may have another mirror or proxy.
with_uv() {
    uv venv --quiet --allow-existing --python "$python" "$venv" &&
        uv pip install --quiet --compile-bytecode --python "$venv/bin/python" "$@"
}

with_pip() {
    "$python" -m venv "$venv" &&
        PIP_USER=0 "$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet "$@"
}
