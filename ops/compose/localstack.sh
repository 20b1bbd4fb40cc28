#!/bin/bash
# Makes the bucket and the queue with its dead-letter queue. The queue comes last: the health check waits for it.
set -euo pipefail

awslocal s3api head-bucket --bucket balscope 2>/dev/null || awslocal s3 mb s3://balscope

awslocal sqs create-queue --queue-name balscope-dead --attributes MessageRetentionPeriod=1209600
dead=$(awslocal sqs get-queue-attributes --queue-url http://localhost:4566/000000000000/balscope-dead \
  --attribute-names QueueArn --query Attributes.QueueArn --output text)
awslocal sqs create-queue --queue-name balscope --attributes \
  "{\"VisibilityTimeout\":\"30\",\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"$dead\\\",\\\"maxReceiveCount\\\":\\\"6\\\"}\"}"
