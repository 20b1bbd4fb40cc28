#!/bin/bash
# The role that the application works as, made with the database; it owns nothing.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 \
  --set password="$APPLICATION_PASSWORD" <<< "create role balscope_app login password :'password'"
