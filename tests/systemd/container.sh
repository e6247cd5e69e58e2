# shellcheck shell=bash
# A throwaway Debian with a real systemd as its first process. To be sourced:
#   container_up ROOTFS [systemd-nspawn option...]   boots it
#   inside COMMAND...                                runs a command in it, for at most a minute
#   container_down                                   powers it off and cleans up
# Needs root and the package systemd-container. ROOTFS is never written: what changes is kept in
# memory and lost.

container_up() {
  local root=$1 groups=/sys/fs/cgroup
  shift
  container=rulewatch-test-$$
  container_log=$(mktemp "${TMPDIR:-/tmp}/$container.XXXXXX")
  # A control group of its own, so that two runs at once do not meet.
  mkdir -p "$groups/unified/$container" "$groups/systemd/$container" 2>/dev/null || true
  (
    for hierarchy in unified systemd; do
      echo "$BASHPID" >"$groups/$hierarchy/$container/cgroup.procs"
    done 2>/dev/null
    export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
    exec setsid systemd-nspawn -q -b -D "$root" -M "$container" --register=no --keep-unit \
      --private-network --volatile=overlay --link-journal=no --console=read-only "$@" \
      </dev/null >"$container_log" 2>&1
  ) &
  nspawn=$!
  leader=
  for _ in $(seq 1 200); do
    leader=$(first_child "$nspawn")
    if [ -n "$leader" ] && [ "$(cat "/proc/$leader/comm" 2>/dev/null)" = systemd ]; then break; fi
    leader=
    kill -0 "$nspawn" 2>/dev/null || break
    sleep 0.05
  done
  if [ -n "$leader" ]; then
    for _ in $(seq 1 300); do
      case $(inside systemctl is-system-running 2>/dev/null) in
      running | degraded) return 0 ;;
      esac
      sleep 0.1
    done
  fi
  container_down
  return 1
}

first_child() {
  local children
  # It ends in no line end, which `read` takes for a failure.
  read -r children _ <"/proc/$1/task/$1/children" 2>/dev/null || true
  echo "${children:-}"
}

inside() { timeout -k 5 60 nsenter -t "$leader" -a -- "$@"; }

container_down() {
  [ -n "${nspawn:-}" ] || return 0
  [ -z "$leader" ] || timeout -k 1 5 nsenter -t "$leader" -a -- systemctl poweroff >/dev/null 2>&1 || true
  for _ in $(seq 1 200); do
    kill -0 "$nspawn" 2>/dev/null || break
    sleep 0.05
  done
  # Ten seconds, and still there: the end of its first process is the end of all of it.
  if kill -0 "$nspawn" 2>/dev/null; then
    [ -z "$leader" ] || kill -KILL "$leader" 2>/dev/null || true
    sleep 0.5
    kill -KILL "$nspawn" 2>/dev/null || true
  fi
  wait "$nspawn" 2>/dev/null || true
  nspawn=
  find "/sys/fs/cgroup/unified/$container" "/sys/fs/cgroup/systemd/$container" \
    -depth -type d -exec rmdir {} \; 2>/dev/null || true
  rm -rf "/run/systemd/nspawn/propagate/$container"
}
