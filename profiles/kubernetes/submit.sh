#!/bin/sh
# submit.sh CORES MEGABYTES MINUTES SCRIPT: run one of Snakemake's job scripts in a pod; prints its name.
set -eu
kubectl create --output "jsonpath={.metadata.name}" --filename - <<JOB
apiVersion: batch/v1
kind: Job
metadata: {generateName: phototags-}
spec:
  backoffLimit: 0
  activeDeadlineSeconds: $(($3 * 60))
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: job
          image: "${PHOTOTAGS_IMAGE:?the image of the pods}"
          workingDir: "$PWD"
          command: [/bin/sh, "$4"]
          resources:
            requests: {cpu: "$1", memory: "$2M"}
            limits: {memory: "$2M"}
          volumeMounts:
            - {name: project, mountPath: "${PHOTOTAGS_MOUNT:?where the claim is mounted}"}
      volumes:
        - name: project
          persistentVolumeClaim: {claimName: "${PHOTOTAGS_CLAIM:?the claim of the volume}"}
JOB
