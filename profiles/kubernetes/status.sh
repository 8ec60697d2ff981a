#!/bin/sh
# status.sh NAME: how a job of submit.sh is, in the words that Snakemake expects. Where Kubernetes
# does not answer, the job may well be running; where there is no such job, it was deleted.
set -eu
words='jsonpath={.metadata.name}:{.status.conditions[?(@.status=="True")].type}'
case "$(kubectl get job "$1" --ignore-not-found --output "$words" || echo :)" in
*:*Complete*) echo success ;;
*:*Failed* | "") echo failed ;;
*) echo running ;;
esac
