#!/bin/sh
# Makes this machine a node of a Poise cluster. Run again, it upgrades the node's agent.
#
# A Poise server hands this script out at /install, with the digest of its agent's archive in it.
# All that can be refused is tried first: the options, the rights, the system, the server's
# certificate, the archive, the token. Who is refused finds the machine as it was. From there on the
# machine is a node, every step can be repeated, and after a failure the same command goes on.
set -eu
umask 022

sha256='@SHA256@'
config=/etc/poise/agent.conf
log=/var/log/poise-install.log
agent_log=/var/log/poise-agent.log
agent_pid=/run/poise-agent.pid
command_link=/usr/local/sbin/poise-agent
unit=/etc/systemd/system/poise-agent.service

server='' pin='' token='' name='' address='' prefix=/opt/poise-agent systemd=yes
work='' joined=no
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }

fail() {
  printf 'poise: %s\n' "$*" >&2
  exit 1
}

usage() {
  cat <<'TEXT'
usage: install.sh --server URL --pin PIN --token TOKEN [options]

  --server URL      the server's address for agents, https://...
  --pin PIN         its certificate: sha256//...; several are separated by commas
  --token TOKEN     makes the machine a node; works once, not needed on one that is a node already
  --name NAME       what the node is called; the host name if absent
  --address ADDRESS where other nodes reach it; where it reaches the server from if absent
  --prefix FOLDER   where the agent goes; /opt/poise-agent if absent
  --no-systemd      start the agent without systemd; it does not come back by itself then
TEXT
}

# --- What can be refused ---------------------------------------------------------------------------

read_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      --no-systemd) systemd=no && shift && continue ;;
      --help | -h) usage && exit 0 ;;
      --server | --pin | --token | --name | --address | --prefix) ;;
      *) usage >&2 && fail "'$1' is not an option." ;;
    esac
    [ -n "${2:-}" ] || fail "$1 needs a value."
    case $1 in
      --server) server=${2%/} ;;
      --pin) pin=$2 ;;
      --token) token=$2 ;;
      --name) name=$2 ;;
      --address) address=$2 ;;
      --prefix) prefix=${2%/} ;;
    esac
    shift 2
  done
}

check_options() {
  case $sha256 in @*) fail "Fetch this script from a Poise server: URL/install. It knows which agent to install." ;; esac
  case $server in
    https://?*) ;;
    '') fail "--server is missing. The server's answer to POST /api/v1/clusters/{id}/join-tokens has the whole command." ;;
    *) fail "--server: '$server' does not begin with https://" ;;
  esac
  case $pin in
    sha256//?*) ;;
    '') fail "--pin is missing. Without it, anybody between here and the server could be the server." ;;
    *) fail "--pin: '$pin' does not begin with sha256//" ;;
  esac
  # It becomes a part of the systemd unit.
  case $prefix in
    *[!A-Za-z0-9._/-]*) fail "--prefix: '$prefix' has other characters than letters, digits and . _ - /" ;;
    /?*) ;;
    *) fail "--prefix: '$prefix' is not an absolute path" ;;
  esac
  [ -n "$token" ] || is_node || fail "--token is missing, and this machine is not a node yet."
}

is_node() { grep -qs '^[[:space:]]*node\.id' "$config"; }

check_machine() {
  [ "$(id -u)" -eq 0 ] || fail "Only root can install it: put sudo before sh."
  case $(uname -m) in
    x86_64 | aarch64) ;;
    *) fail "There is no agent for $(uname -m), only for x86_64 and aarch64." ;;
  esac
  for tool in curl tar gzip sha256sum; do
    command -v "$tool" >/dev/null || fail "'$tool' is missing. Install it and run this again."
  done
  if [ "$systemd" = yes ] && [ ! -d /run/systemd/system ]; then
    fail "systemd does not run here. With --no-systemd the agent is started without it."
  fi
  is_debian || [ -z "$(missing_packages)" ] || fail \
    "This is neither Debian nor Ubuntu. Install with its package manager what provides:
$(missing_packages)(haproxy 2.6 or later, keepalived 2.2 or later), then run this again."
}

is_debian() {
  command -v apt-get >/dev/null && grep -Eq '^ID(_LIKE)?=.*(debian|ubuntu)' /etc/os-release
}

# Debian's names of what is not there, one a line.
missing_packages() {
  need haproxy haproxy
  need nft nftables
  need keepalived keepalived
  need conntrack conntrack
  need ip iproute2
  need curl curl
  [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
}

need() { command -v "$1" >/dev/null || echo "$2"; }

# The distribution's services must not run beside ours: they bind the same ports and answer the same
# VRRP. Stopped are only those that nobody uses.
check_services() {
  is_running haproxy && grep -Eqs '^[[:space:]]*(frontend|listen)[[:space:]]' /etc/haproxy/haproxy.cfg &&
    fail "haproxy.service serves something on this machine (/etc/haproxy/haproxy.cfg).
Move that elsewhere, or stop it with: systemctl disable --now haproxy.service"
  is_running keepalived && grep -Eqs '^[[:space:]]*(vrrp_instance|virtual_server)[[:space:]]' /etc/keepalived/keepalived.conf &&
    fail "keepalived.service does something on this machine (/etc/keepalived/keepalived.conf).
Move that elsewhere, or stop it with: systemctl disable --now keepalived.service"
  return 0
}

is_running() { [ "$systemd" = yes ] && systemctl -q is-active "$1.service"; }

# --- The agent -------------------------------------------------------------------------------------

clear_up() {
  [ -z "$work" ] || rm -rf "$work"
  [ "$joined" = yes ] || rmdir "$prefix" /etc/poise 2>/dev/null || :
}

# From the server with the pinned key and nobody else, whatever redirects or proxies say.
download() {
  mkdir -p "$prefix"
  work=$(mktemp -d "$prefix/.new.XXXXXX")
  chmod 755 "$work"
  say "Fetching the agent from $server"
  curl -fsSk --proto '=https' --retry 3 --pinnedpubkey "$(printf %s "$pin" | tr , ';')" \
    -o "$work/archive" "$server/install/poise-agent.tar.gz" </dev/null ||
    fail "The agent could not be fetched, see above. Is the address right, and the pin that of this server?"
  printf '%s  %s\n' "$sha256" "$work/archive" | sha256sum -c - >/dev/null 2>&1 ||
    fail "The archive is not the one this script belongs to. Perhaps the server got another one just now: run the whole command again."
  tar -xzf "$work/archive" -C "$work" --no-same-owner
  rm "$work/archive"
  "$work/poise-agent/bin/poise-agent" version >"$work/version" 2>&1 </dev/null || {
    cat "$work/version" >&2
    fail "The agent does not run on this machine ($(uname -m)); the server's archive is for $(
      sed -n 's/^OS_ARCH="\(.*\)"/\1/p' "$work/poise-agent/runtime/release"
    ), with glibc."
  }
}

join() {
  if is_node; then
    say "This machine is a node already; its agent is upgraded."
    [ -z "$token" ] || say "The token was not used."
  else
    mkdir -p "$(dirname "$config")"
    # Sockets do not outlive the machine, what it was told does.
    set -- join "$config" --server "$server" --pin "$pin" --token "$token" --run-dir /run/poise
    [ -z "$name" ] || set -- "$@" --name "$name"
    [ -z "$address" ] || set -- "$@" --address "$address"
    "$work/poise-agent/bin/poise-agent" "$@" </dev/null || fail "The machine did not become a node, see above."
  fi
  joined=yes
}

# --- The machine -----------------------------------------------------------------------------------

install_packages() {
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  say "Installing $packages"
  apt_get >>"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" >&2
    fail "The packages could not be installed; all of it is in $log. Mend that and run the same command again."
  }
}

# shellcheck disable=SC2086 # packages are words
apt_get() {
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
}

stop_services() {
  [ "$systemd" = yes ] || return 0
  for service in haproxy keepalived; do
    if systemctl -q is-enabled "$service.service" 2>/dev/null || is_running "$service"; then
      systemctl -q disable --now "$service.service" >>"$log" 2>&1 ||
        fail "$service.service could not be disabled, see $log"
    fi
  done
}

set_kernel() {
  cat >/etc/sysctl.d/60-poise.conf <<'TEXT'
# Poise: a node that does not have the addresses at the moment has its load balancers ready all the
# same. Their processes bind addresses that come when the node becomes primary.
net.ipv4.ip_nonlocal_bind = 1
TEXT
  echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind ||
    fail "net.ipv4.ip_nonlocal_bind cannot be set. In a container, its host has to set it to 1."
}

# The new one beside the old one, then one rename. What runs of the old one goes on until it is restarted.
activate() {
  release=$(cat "$work/poise-agent/VERSION")-$(printf %.12s "$sha256")
  former=$(readlink "$prefix/current" || :)
  [ -d "$prefix/$release" ] || mv "$work/poise-agent" "$prefix/$release"
  ln -sfn "$release" "$prefix/.current.new"
  mv -T "$prefix/.current.new" "$prefix/current"
  mkdir -p "$(dirname "$command_link")"
  ln -sfn "$prefix/current/bin/poise-agent" "$command_link"
}

# The one before stays, to go back to.
remove_old_releases() {
  for folder in "$prefix"/*/; do
    folder=$(basename "$folder")
    case $folder in current | "$release" | "$former") continue ;; esac
    [ ! -f "$prefix/$folder/runtime/release" ] || rm -rf "${prefix:?}/$folder"
  done
}

start() {
  if [ "$systemd" = yes ]; then
    sed "s|/opt/poise-agent|$prefix|g" "$prefix/current/systemd/poise-agent.service" >"$unit.new"
    mv "$unit.new" "$unit"
    systemctl daemon-reload
    systemctl -q enable poise-agent.service
    systemctl restart poise-agent.service ||
      fail "The agent does not start: journalctl -u poise-agent says why."
  else
    stop_detached
    # As many files as the unit allows, if that is possible.
    # shellcheck disable=SC3045 # every sh of Linux knows -n
    ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -H -n)"
    setsid "$prefix/current/bin/poise-agent" run "$config" >>"$agent_log" 2>&1 </dev/null &
    echo $! >"$agent_pid"
  fi
}

# Only the agent: what it started goes on serving.
stop_detached() {
  old=$(cat "$agent_pid" 2>/dev/null || :)
  [ -n "$old" ] && grep -qs poise-agent.jar "/proc/$old/cmdline" || return 0
  kill "$old"
  tries=0
  while grep -qs poise-agent.jar "/proc/$old/cmdline"; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || fail "The agent that runs (process $old) does not end."
    sleep 0.1
  done
}

examine() {
  "$command_link" doctor "$config" </dev/null || fail \
    "The agent is installed, and something stands in its way, see above. When it is mended: poise-agent doctor $config"
}

main() {
  read_options "$@"
  check_options
  check_machine
  check_services
  trap clear_up EXIT
  trap 'exit 1' HUP INT TERM
  download
  join
  install_packages
  stop_services
  set_kernel
  activate
  start
  remove_old_releases
  examine
  say "Done: $(cat "$prefix/current/VERSION") runs. More: poise-agent doctor $config"
}

# Only here does anything happen: half a script, of a broken connection, does nothing.
main "$@"
