# Sourced by ./belfry and ./verify: ends with one clear line when Java or Maven is missing or too old.

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 1
}

# Sets $java, from JAVA_HOME when that is set.
require_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  command -v "$java" >/dev/null || fail "Java 17 or newer is needed, and there is no $java"
  local version major
  version=$("$java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p')
  major=${version%%[!0-9]*}
  [ "${major:-0}" -ge 17 ] || fail "Java 17 or newer is needed, and $java is ${version:-of no known version}"
}

# Call it after require_java.
require_maven() {
  command -v "${java}c" >/dev/null || fail "a JDK is needed to build, and there is no ${java}c"
  command -v mvn >/dev/null || fail "Maven 3.8.7 or newer is needed to build, and there is no mvn"
  local version
  version=$(mvn -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
  printf '3.8.7\n%s\n' "$version" | sort -V -C || fail "Maven 3.8.7 or newer is needed to build, and mvn is ${version:-of no known version}"
}
