#!/bin/sh
# Sends texts to textcx and prints its answer: sh enrich.sh URL < request.json
#
# The request is {"documents": [{"id": "1", "text": "..."}]}. The key, if the service asks for one, is read from
# TEXTCX_KEY. curl waits and tries again where the service says so (429 or 503 with Retry-After).
exec curl --silent --show-error --fail-with-body --retry 5 --max-time 60 \
  --header "Authorization: Bearer ${TEXTCX_KEY:-}" --header "Content-Type: application/json" \
  --data-binary @- "$1/v1/enrich"
