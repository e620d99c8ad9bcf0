#!/bin/sh
# guard.sh COMMAND [ARGUMENT]…
#
# Runs one command and makes sure that it does not outlive the program that asked for it, even if that program
# is killed with SIGKILL and can tidy up nothing itself.
#
#   descriptor 0   the lifeline: a pipe that our parent holds open and never writes to. The kernel closes it
#                  when the parent ends, however it ends; then the command gets SIGKILL.
#   descriptor 3   where the process id of the command is written, one line, so that it can be signalled.
#   GUARD_SCRATCH  a folder to remove when the lifeline broke (after a normal end the parent decides).
#
# The exit status is that of the command (128 + signal number if a signal ended it).

exec 4<&0
"$@" </dev/null 3>&- 4<&- &
child=$!
echo "$child" >&3
exec 3>&-

( read -r _ <&4; kill -KILL "$child" ) &
watcher=$!

wait "$child"
status=$?

kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
watched=$?
# 143 means that we ended the watcher above; anything else that the lifeline broke first.
if [ "$watched" -ne 143 ] && [ -n "$GUARD_SCRATCH" ]; then rm -rf "$GUARD_SCRATCH"; fi
exit "$status"
