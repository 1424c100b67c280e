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
    for python in python3 python3.13 python3.12 python3.11 python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$python"
            return
        fi
    done
    return 1
}

# Remove what an interrupted setup left behind; the names end in the number of the process that made them.
sweep() {
    for left in "$checkout"/.venv*.new.* "$checkout"/.venv*.old.*; do
        if [ -d "$left" ] && ! kill -0 "${left##*.}" 2>/dev/null; then
            rm -rf "$left"
        fi
    done
}

# Run a step of the setup silently; when it fails, show its last lines and what to do.
step() {
    said=$1
    mend=$2
    shift 2
    if ! "$@" >"$new/setup.log" 2>&1 </dev/null; then
        grep -v '^WARNING' "$new/setup.log" | tail -n 5 >&2
        give_up "$said" "$mend"
    fi
}

# Rename folder $1 to $2; fails when there is one already (mv would move it inside).
rename() {
    "$python" -c 'import os, sys; os.rename(*sys.argv[1:])' "$1" "$2" 2>/dev/null
}

# Scripts inside the environment name the folder that it was made in: let them name the one that it ends up in.
readdress() {
    for file in "$new"/bin/* "$new/pyvenv.cfg"; do
        if [ -f "$file" ] && [ ! -L "$file" ] && grep -q "${new##*/}" "$file"; then
            sed "s|${new##*/}|${venv##*/}|g" "$file" >"$new/setup.log"
            cat "$new/setup.log" >"$file"
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

# Build environment $1 from the requirements $2 under another name, whole, and then rename it.
set_up() {
    venv=$1
    requirements=$2
    new=$venv.new.$$
    old=$venv.old.$$
    python=$(find_python) || give_up "Python 3.11 or newer is needed, and none was found on the PATH." \
        "Get it from your system's packages or from python.org, then run this again."
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || give_up "this Python can't make virtual environments." \
        "On Debian and Ubuntu: apt install python3-venv. Then run this again."
    printf 'Setting up voicecoach (once) in %s ...\n' "$venv" >&2
    trap 'rm -rf "$new" "$old"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    sweep
    mkdir "$new" 2>/dev/null || give_up "no folder can be made in $checkout." "Copy it to where you may write, and try again."
    step "the environment could not be made." "Remove $checkout and get it again, or try another Python." \
        "$python" -m venv "$new"
    step "the packages it needs could not be installed." "Check the network connection, then run this again." \
        env PIP_USER=0 "$new/bin/python" -m pip --disable-pip-version-check --no-input \
        install --quiet --require-hashes --no-deps -r "$scripts/$requirements"
    # A relative line counts from site-packages, so the checkout may move.
    for packages in "$new"/lib/python3*/site-packages; do
        printf '../../../..\n' >"$packages/voicecoach.pth"
    done
    readdress
    cp "$scripts/$requirements" "$new/$requirements"
    put_in_place
    rm -rf "$new" "$old"
    trap - EXIT HUP INT TERM
}

# Set $venv to the environment for the requirements $1, made first when it isn't there. The tests have their own: neither
# is replaced under a running program of the other.
prepare() {
    case $1 in
    requirements.txt) venv=$checkout/.venv ;;
    *) venv=$checkout/.venv-test ;;
    esac
    is_ready "$venv" "$1" || set_up "$venv" "$1"
}
