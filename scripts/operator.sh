# Variables and functions for the operator of a stack. Source this file in bash or zsh:
#
#   STACK_NAME=OcrCourier
#   source scripts/operator.sh

# Exports each output of the stack as a variable: TaskTableName becomes TASK_TABLE_NAME.
eval "$(aws cloudformation describe-stacks --stack-name "${STACK_NAME:-OcrCourier}" \
  --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text |
  awk '{ name = $1; gsub(/[A-Z]/, "_&", name); print "export " substr(toupper(name), 2) "=\047" $2 "\047" }')"

# insights LOG_GROUP QUERY: runs a CloudWatch Logs Insights query over the last 24 hours.
insights() {
  local id now
  now=$(date +%s)
  id=$(aws logs start-query --log-group-name "$1" --query-string "$2" \
    --start-time $((now - 86400)) --end-time "$now" --query queryId --output text)
  while aws logs get-query-results --query-id "$id" --query status --output text |
    grep -qE 'Scheduled|Running'; do sleep 1; done
  aws logs get-query-results --query-id "$id" --query "results[*][?field != '@ptr'].value" --output text
}

# failed_tasks REASON: prints the ids of the tasks that failed for a reason and still have a record.
failed_tasks() {
  for shard in 0 1 2 3; do
    aws dynamodb query --table-name "$TASK_TABLE_NAME" --index-name byState \
      --key-condition-expression 'listing = :failed' --filter-expression 'reason = :reason' \
      --expression-attribute-values "{\":failed\": {\"S\": \"task#unsuccessful#$shard\"}, \":reason\": {\"S\": \"$1\"}}" \
      --query 'Items[].taskId.S' --output text
  done
}

# recollect TASK_ID...: starts an execution with the next generation of each task that has ended.
recollect() {
  local id input
  for id in "$@"; do
    input=$(aws dynamodb get-item --table-name "$TASK_TABLE_NAME" \
      --key "{\"taskId\": {\"S\": \"$id\"}}" --output json |
      jq -c '.Item | select(.outcome) | {
        taskId: .taskId.S, operation: .operation.S, submittedAt: .submittedAt.S,
        correlation: .correlation.S, generation: ((.generation.N | tonumber) + 1)
      } | with_entries(select(.value != null))')
    if [ -z "$input" ]; then
      echo "$id: no record of an ended task" >&2
      continue
    fi
    aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" \
      --name "$id-$(jq .generation <<<"$input")" --input "$input" --query executionArn --output text
  done
}

# refused_images [REASON]: prints the ids of the refused images that still have a record, or of those
# that were refused for one reason. Reads the whole table.
refused_images() {
  local filter='#state = :refused' values='{":refused": {"S": "Refused"}}'
  if [ -n "${1:-}" ]; then
    filter="$filter AND reason = :reason"
    values="{\":refused\": {\"S\": \"Refused\"}, \":reason\": {\"S\": \"$1\"}}"
  fi
  aws dynamodb scan --table-name "$TASK_TABLE_NAME" --filter-expression "$filter" \
    --expression-attribute-names '{"#state": "state"}' --expression-attribute-values "$values" \
    --query 'Items[].[imageId.S]' --output text
}

# again IMAGE_ID...: recognizes images again that have ended: starts the next generation of each.
again() {
  local id input
  for id in "$@"; do
    input=$(aws dynamodb get-item --table-name "$TASK_TABLE_NAME" \
      --key "{\"taskId\": {\"S\": \"image#$id\"}}" --output json |
      jq -c 'def plain: map_values(.S // (.N | tonumber));
        .Item | select(.state.S == "Done" or .state.S == "Refused") | {
          imageId: .imageId.S, source: (.source.M | plain), operation: .operation.S,
          settings: (.settings.S | if . then fromjson else . end), correlation: .correlation.S,
          polling: (.polling.M | if . then plain else . end), generation: ((.generation.N | tonumber) + 1)
        } | with_entries(select(.value != null))')
    if [ -z "$input" ]; then
      echo "$id: no record of an ended image" >&2
      continue
    fi
    aws stepfunctions start-execution --state-machine-arn "$RECOGNIZE_STATE_MACHINE_ARN" \
      --name "$id-$(jq .generation <<<"$input")" --input "$input" --query executionArn --output text
  done
}

# stack_resources TYPE: prints the physical id of each resource of the stack of this type.
stack_resources() {
  aws cloudformation list-stack-resources --stack-name "${STACK_NAME:-OcrCourier}" --output text \
    --query "StackResourceSummaries[?ResourceType == '$1'].[PhysicalResourceId]"
}

# subscriber_rules: prints the rules on the courier's bus that neither the stack nor AWS created.
subscriber_rules() {
  aws events list-rules --event-bus-name "$EVENT_BUS_NAME" --query 'Rules[?!ManagedBy].[Name]' --output text |
    grep -vxFf <(stack_resources AWS::Events::Rule | sed 's/.*|//') || true
}

# remove_rule NAME: removes a rule from the courier's bus, after its targets.
remove_rule() {
  local id
  for id in $(aws events list-targets-by-rule --event-bus-name "$EVENT_BUS_NAME" --rule "$1" \
    --query 'Targets[].Id' --output text); do
    aws events remove-targets --event-bus-name "$EVENT_BUS_NAME" --rule "$1" --ids "$id"
  done
  aws events delete-rule --event-bus-name "$EVENT_BUS_NAME" --name "$1"
}

# open_tasks: prints the number of tasks and images that have not ended. Reads the whole table.
open_tasks() {
  aws dynamodb scan --table-name "$TASK_TABLE_NAME" --select COUNT --query Count --output json \
    --filter-expression 'attribute_exists(executionArn) AND attribute_not_exists(outcome) AND attribute_not_exists(reason)'
}

# check_credentials: requests one token from Aspose and prints the HTTP status.
check_credentials() {
  aws secretsmanager get-secret-value --secret-id "$CREDENTIALS_SECRET_ARN" \
    --query SecretString --output text |
    jq -r '"grant_type=client_credentials"
      + "&client_id=\(.clientId | @uri)&client_secret=\(.clientSecret | @uri)"' |
    curl --silent --output /dev/null --write-out '%{http_code}\n' --data @- \
      "${ASPOSE_BASE_URL:-https://api.aspose.cloud}/connect/token"
}

# named_query NAME: prints the SQL of a query that the workgroup of the analysis offers.
named_query() {
  local ids
  ids=$(aws athena list-named-queries --work-group "$ANALYSIS_WORK_GROUP_NAME" --output json |
    jq -c .NamedQueryIds)
  aws athena batch-get-named-query --named-query-ids "$ids" --output json |
    jq -er --arg name "$1" '.NamedQueries[] | select(.Name == $name).QueryString'
}

# run_query SQL: runs a query in the workgroup, and prints its rows, separated by tabs.
run_query() {
  local id state
  id=$(aws athena start-query-execution --work-group "$ANALYSIS_WORK_GROUP_NAME" --query-string "$1" \
    --query-execution-context "Database=$ANALYSIS_DATABASE_NAME" --query QueryExecutionId --output text)
  while state=$(aws athena get-query-execution --query-execution-id "$id" --output text \
    --query QueryExecution.Status.State) && grep -qE 'QUEUED|RUNNING' <<<"$state"; do sleep 1; done
  if [ "$state" != SUCCEEDED ]; then
    aws athena get-query-execution --query-execution-id "$id" --output text \
      --query QueryExecution.Status.StateChangeReason >&2
    return 1
  fi
  aws athena get-query-results --query-execution-id "$id" --output json |
    jq -r '.ResultSet.Rows[].Data | map(.VarCharValue // "") | @tsv'
}
