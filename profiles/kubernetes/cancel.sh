#!/bin/sh
# cancel.sh NAME...: end jobs of submit.sh.
exec kubectl delete job --ignore-not-found --wait=false "$@"
