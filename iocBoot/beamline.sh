# SPDX-License-Identifier: BSD-3-Clause
# Sourced by demo and run: starts caRepeater, the simulated stations and the
# daemon on loopback, and ends what it started.
#
# Before: top (the checkout), work (an empty folder), and the ports
# sim_port xasd_port repeater_port beacon_port.

host_arch() {
    for folder in "$top"/build/bin/*/; do
        [ -x "$folder/xasd" ] && basename "$folder" && return
    done
    echo "xasd: not built, run make" >&2
    exit 1
}

find_base() {
    base=${EPICS_BASE:-}
    [ -n "$base" ] ||
        base=$(sed -n 's/^EPICS_BASE *= *//p' "$top/configure/RELEASE.local")
    [ -x "$base/bin/$arch/caget" ] && return
    echo "xasd: no caget in $base/bin/$arch: run make setup" >&2
    exit 1
}

beamline_environment() {
    arch=$(host_arch) || exit 1
    bin=$top/build/bin/$arch
    find_base
    PATH=$bin:$base/bin/$arch:$PATH
    EPICS_CA_AUTO_ADDR_LIST=NO
    EPICS_CA_ADDR_LIST="127.0.0.1:$sim_port 127.0.0.1:$xasd_port"
    EPICS_CA_REPEATER_PORT=$repeater_port
    EPICS_CAS_INTF_ADDR_LIST=127.0.0.1
    EPICS_CAS_BEACON_PORT=$beacon_port
    EPICS_CAS_AUTO_BEACON_ADDR_LIST=NO
    EPICS_CAS_BEACON_ADDR_LIST=127.0.0.1
    XASD_DATABASE=$work/xasd.db
    export PATH EPICS_CA_AUTO_ADDR_LIST EPICS_CA_ADDR_LIST
    export EPICS_CA_REPEATER_PORT EPICS_CAS_INTF_ADDR_LIST
    export EPICS_CAS_BEACON_PORT EPICS_CAS_AUTO_BEACON_ADDR_LIST
    export EPICS_CAS_BEACON_ADDR_LIST XASD_DATABASE
}

# The time a person waits before asking what is wrong.
patience=20

started=
start() { # NAME COMMAND...: in the background, its output in a log
    name=$1
    shift
    "$@" </dev/null >"$work/$name.log" 2>&1 &
    started="$! $started"
}

stop_all() {
    for pid in $started; do
        kill "$pid" 2>/dev/null || :
    done
    for pid in $started; do
        wait "$pid" 2>/dev/null || :
    done
    started=
}

fail() {
    echo "xasd: $1; logs are in $work" >&2
    for log in "$work"/*.log; do
        [ -s "$log" ] && echo "--- $log" >&2 && tail -n 5 "$log" >&2
    done
    exit 1
}

beamline_start() {
    start caRepeater caRepeater
    # where libca finds none it starts one of its own, which outlives it
    wait_for 'caRepeater' repeater_ready
    EPICS_CAS_SERVER_PORT=$sim_port \
        start xassim xassim "$top/iocBoot/iocxassim/st.cmd"
    EPICS_CAS_SERVER_PORT=$xasd_port \
        start xasd xasd "$top/iocBoot/iocxasd/st.cmd"
    for pv in BL5S1:Busy BL1N2:Busy XASD:Heartbeat; do
        caget -w $patience "$pv" >/dev/null 2>&1 || fail "no $pv"
    done
    wait_for 'every PV connected' connected
}

# Asked of the kernel: a trial to bind the port would take it from its owner.
repeater_ready() {
    [ ! -r /proc/net/udp ] ||
        grep -q ":$(printf %04X "$EPICS_CA_REPEATER_PORT") " /proc/net/udp
}

connected() {
    for p in BL5S1 BL1N2; do
        set -- $(caget -t -w 5 "$p:XASD:Ca:Connected" "$p:XASD:Ca:Expected" \
            2>/dev/null)
        [ "${1:-a}" = "${2:-b}" ] || return 1
    done
}

wait_for() { # WHAT COMMAND...: until it succeeds
    what=$1
    shift
    until_s=$(($(date +%s) + patience))
    until "$@"; do
        [ "$(date +%s)" -lt $until_s ] || fail "waited in vain for $what"
        sleep 0.1
    done
}

query() {
    sqlite3 -batch "file:$XASD_DATABASE?mode=ro" "$@"
}
