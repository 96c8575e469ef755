#!/bin/sh
# The desktop's default browser: notes what it was asked to open, then is the browser.
printf '%s\n' "$1" >>'@DIR@/opened'
@BROWSER@
