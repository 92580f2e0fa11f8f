#!/usr/bin/env bash
# Delivers events to a new SQS queue: scripts/subscribe-queue.sh NAME DETAIL_TYPE...
# Creates a rule of the same name on the bus $EVENT_BUS_NAME. Prints the queue's URL.
set -euo pipefail

name=$1
shift
detail_types=$(printf '"%s",' "$@")
url=$(aws sqs create-queue --queue-name "$name" --query QueueUrl --output text)
queue=$(aws sqs get-queue-attributes --queue-url "$url" --attribute-names QueueArn --query Attributes.QueueArn --output text)
rule=$(aws events put-rule --event-bus-name "$EVENT_BUS_NAME" --name "$name" --query RuleArn --output text \
  --event-pattern "{\"source\": [\"ocr-courier\"], \"detail-type\": [${detail_types%,}]}")
# Only this rule may send to the queue.
policy=$(
  cat <<END
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Service": "events.amazonaws.com" },
      "Action": "sqs:SendMessage",
      "Resource": "$queue",
      "Condition": { "ArnEquals": { "aws:SourceArn": "$rule" } }
    }
  ]
}
END
)
aws sqs set-queue-attributes --queue-url "$url" --attributes "Policy='$policy'" >&2
aws events put-targets --event-bus-name "$EVENT_BUS_NAME" --rule "$name" --targets "Id=queue,Arn=$queue" >&2
echo "$url"
