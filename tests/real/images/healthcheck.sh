#!/bin/sh
# The two questions of the real one that the compose file asks.
set -eu
[ "$*" = "--connect --innodb_initialized" ]
mariadb --batch --skip-column-names -e "select count(*) from information_schema.engines where engine = 'InnoDB'" | grep -qx 1
