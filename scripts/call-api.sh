#!/usr/bin/env bash
# Calls the HTTP API at $API_URL: scripts/call-api.sh PATH [CURL_OPTION...]
# Sends $JWT as a bearer token if it is set. Otherwise signs with the AWS credentials in the
# environment, if there are any.
set -euo pipefail

path=${1:?usage: call-api.sh PATH [CURL_OPTION...]}
shift
: "${API_URL:?set it to the address of the HTTP API}"
options=(--silent --show-error)
if [[ -n ${JWT:-} ]]; then
  options+=(--header "authorization: Bearer $JWT")
elif [[ -n ${AWS_ACCESS_KEY_ID:-} ]]; then
  : "${AWS_REGION:?set it to the region of the HTTP API}"
  options+=(--aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY")
  [[ -n ${AWS_SESSION_TOKEN:-} ]] && options+=(--header "x-amz-security-token: $AWS_SESSION_TOKEN")
fi
curl "${options[@]}" "$@" "$API_URL$path"
