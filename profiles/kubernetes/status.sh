#!/bin/sh
# status.sh NAME: how a job of submit.sh is, in the words that Snakemake expects. Where Kubernetes
# does not answer, the job may well be running.
set -eu
words="jsonpath={.status.succeeded},{.status.failed}"
case "$(kubectl get job "$1" --ignore-not-found --output "$words" || echo ,)" in
1,*) echo success ;;
,) echo running ;;
*) echo failed ;;
esac
