# Ends a desktop. Waits for its standard input to end, which it does when the program that started the
# desktop closes it or dies, in whatever way; then ends every process that has the desktop's mark in its
# environment, by id, and removes the desktop's folder. Arguments: the mark, the folder.
read -r _
marked() { grep -lsaF "$1" /proc/[0-9]*/environ | cut -d / -f 3; }
for signal in TERM KILL; do
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		ids=$(marked "$1")
		[ -n "$ids" ] || break 2
		kill -$signal $ids 2>/dev/null
		sleep 0.05
	done
done
rm -rf "$2"
