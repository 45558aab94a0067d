#!/bin/sh
# What mariadb:11 does with the variables of the compose file: a database and its user, made when there is none.
set -eu
data=/var/lib/mysql
chown mysql: $data
install -d -o mysql -g mysql /run/mysqld
if [ ! -d $data/mysql ]; then
  mariadb-install-db --user=mysql --datadir=$data --skip-test-db >/dev/null
fi
cat >/run/mysqld/start.sql <<SQL
create database if not exists $MARIADB_DATABASE;
create user if not exists '$MARIADB_USER'@'%' identified by '$(cat "$MARIADB_PASSWORD_FILE")';
grant all on $MARIADB_DATABASE.* to '$MARIADB_USER'@'%';
SQL
exec mariadbd --user=mysql --bind-address=0.0.0.0 --init-file=/run/mysqld/start.sql
