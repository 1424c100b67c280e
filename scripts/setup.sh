# Sourced by the scripts beside it: sets up a virtual environment of this checkout, once.
# Needs $scripts, the absolute path of this folder. POSIX sh; runs on Linux and macOS.
# shellcheck shell=sh

checkout=${scripts%/*}

# True when environment $1 was set up from the requirements $2 as they are now, and its Python is still there.
is_ready() {
    [ -x "$1/bin/python" ] && [ "$(cat "$1/$2" 2>/dev/null)" = "$(cat "$scripts/$2")" ]
}

# Print an error of at most a few lines, and give up.
give_up() {
    printf 'voicecoach: %s\n' "$@" >&2
    exit 1
}

# Print the first Python that is new enough.
find_python() {
    for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$python"
            return
        fi
    done
    return 1
}

# uv does in seconds what pip does in a minute, but nobody needs to have it.
has_uv() {
    uv --version >/dev/null 2>&1
}

# True when there are packages with ffmpeg and with espeak-ng for this machine. On Linux they need x86-64 or 64-bit ARM
# (pyproject.toml says so too) and glibc 2.28, which no marker of a requirement can ask for.
has_bundles() {
    "$python" -c '
import platform, sys
name, version = platform.libc_ver()
fits = sys.maxsize > 2**32 and platform.machine() in ("x86_64", "aarch64") and name == "glibc"
sys.exit(sys.platform == "linux" and not (fits and [int(part) for part in version.split(".")[:2]] >= [2, 28]))' \
        >/dev/null 2>&1
}

# Remove what an interrupted setup left behind; the names end in the number of the process that made them.
sweep() {
    for left in "$checkout"/.venv*.new.* "$checkout"/.venv*.old.*; do
        if [ -e "$left" ] && ! kill -0 "${left##*.}" 2>/dev/null; then
            rm -rf "$left"
        fi
    done
}

# Run a step of the setup: what is done, what to say and to do when it fails, and the command. It takes a line, which
# ends in the seconds that the step took; when it fails, its last lines follow.
step() {
    said=$2
    mend=$3
    printf 'Setting up, once: %s ... ' "$1" >&2
    shift 3
    began=$(date +%s)
    if ! "$@" >"$log" 2>&1 </dev/null; then
        printf 'failed\n' >&2
        grep -v '^WARNING' "$log" | tail -n 5 >&2
        give_up "$said" "$mend"
    fi
    printf '%s s\n' "$(($(date +%s) - began))" >&2
}

make_environment() {
    if has_uv && uv venv --quiet --allow-existing --python "$python" "$new"; then
        return
    fi
    "$python" -m venv "$new"
}

# Print the packages that pyproject.toml asks for, the dependency group "dev" among them. (Not every pip knows groups.)
list_newest() {
    "$python" -c '
import sys, tomllib

with open(sys.argv[1], "rb") as file:
    asked = tomllib.load(file)

def group(name):
    for each in asked["dependency-groups"][name]:
        yield from [each] if isinstance(each, str) else group(each["include-group"])

print(*asked["project"]["dependencies"], *group("dev"), sep="\n")' "$checkout/pyproject.toml"
}

# Write the list of packages to install: without the bundles if there are none for this machine.
list_packages() {
    if [ "$requirements" = newest ]; then
        list_newest
    elif has_bundles; then
        cat "$scripts/$requirements"
    else
        sed '/^espeakng-loader==/,/[^\\]$/d; /^imageio-ffmpeg==/,/[^\\]$/d' "$scripts/$requirements"
    fi >"$list"
}

# Say what to install from the system in place of the bundles.
name_missing() {
    if ! has_bundles; then
        for program in ffmpeg espeak-ng; do
            command -v "$program" >/dev/null 2>&1 ||
                printf 'voicecoach: no package brings %s to this machine; install it from your system, as: apt install %s\n' \
                    "$program" "$program" >&2
        done
    fi
}

# Install the packages with uv. When that fails, try pip as well: their settings (a mirror, a proxy) are not the same.
install_packages() {
    if has_uv; then
        with_uv && return
        "$python" -m venv "$new" || return
    fi
    with_pip
}

with_uv() {
    set -- uv pip install --quiet --compile-bytecode --python "$new/bin/python"
    case $requirements in
    newest) "$@" -r "$list" ;;
    *) "$@" --require-hashes --no-deps --only-binary imageio-ffmpeg -r "$list" ;;
    esac
}

with_pip() {
    set -- env PIP_USER=0 "$new/bin/python" -m pip --disable-pip-version-check --no-input install --quiet
    case $requirements in
    newest) "$@" -r "$list" ;;
    *) "$@" --require-hashes --no-deps --only-binary imageio-ffmpeg -r "$list" ;;
    esac
}

# Rename folder $1 to $2; fails when there is one already (mv would move it inside).
rename() {
    "$python" -c 'import os, sys; os.rename(*sys.argv[1:])' "$1" "$2" 2>/dev/null
}

# Scripts inside the environment name the folder that it was made in: let them name the one that it ends up in.
readdress() {
    for file in "$new"/bin/* "$new/pyvenv.cfg"; do
        if [ -f "$file" ] && [ ! -L "$file" ] && grep -q "${new##*/}" "$file"; then
            sed "s|${new##*/}|${venv##*/}|g" "$file" >"$log"
            cat "$log" >"$file"
        fi
    done
}

# Put the finished environment in its place. Another setup may have been faster: then its work is used.
put_in_place() {
    if [ -d "$venv" ] && ! is_ready "$venv" "$requirements"; then
        rename "$venv" "$old" || true
    fi
    rename "$new" "$venv" || is_ready "$venv" "$requirements" ||
        give_up "could not rename $new to $venv" "Remove $venv and try again."
}

# Build environment $1 from the requirements $2, about $3 MB, under another name, whole, and then rename it.
set_up() {
    venv=$1
    requirements=$2
    new=$venv.new.$$
    old=$venv.old.$$
    log=$venv.new.log.$$
    list=$venv.new.list.$$
    python=$(find_python) || give_up "Python 3.11 or newer is needed, and none was found on the PATH." \
        "Get it from your system's packages or from python.org, then run this again."
    has_uv || "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 ||
        give_up "this Python can't make virtual environments." \
            "On Debian and Ubuntu: apt install python3-venv. Then run this again."
    trap 'rm -rf "$new" "$old" "$log" "$list"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    sweep
    mkdir "$new" 2>/dev/null || give_up "no folder can be made in $checkout." "Copy it to where you may write, and try again."
    step "a Python environment" "the environment could not be made." \
        "Remove $checkout and get it again, or try another Python." make_environment
    size=$3
    has_bundles || size=$((size - 80))
    list_packages
    step "Python packages, about $size MB" "the packages it needs could not be installed." \
        "Check the network connection, then run this again." install_packages
    # A relative line counts from site-packages, so the checkout may move.
    for packages in "$new"/lib/python3*/site-packages; do
        printf '../../../..\n' >"$packages/voicecoach.pth"
    done
    readdress
    [ "$requirements" = newest ] || cp "$scripts/$requirements" "$new/$requirements"
    put_in_place
    rm -rf "$new" "$old" "$log" "$list"
    trap - EXIT HUP INT TERM
    name_missing
}

# Set $venv to the environment for the requirements $1, made first when it isn't there. Tests and docs have their own: none
# is replaced under a running program of another. "newest" is no list, but whatever is the newest now.
prepare() {
    case $1 in
    requirements.txt) venv=$checkout/.venv size=90 ;;
    requirements-test.txt) venv=$checkout/.venv-test size=190 ;;
    requirements-lowest.txt) venv=$checkout/.venv-lowest size=190 ;;
    requirements-docs.txt) venv=$checkout/.venv-docs size=150 ;;
    newest) venv=$checkout/.venv-newest size=190 && rm -rf "$venv" ;;
    esac
    is_ready "$venv" "$1" || set_up "$venv" "$1" "$size"
}
