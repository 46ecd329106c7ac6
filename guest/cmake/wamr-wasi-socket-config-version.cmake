# The version of the guest library is that of the npm package. Compatible is, as in semantic versioning: the same major
# number, while that is 0 the same minor number, and not older than what was asked for.
set(PACKAGE_VERSION 0.1.0)

if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_EXACT TRUE)
endif()
if(PACKAGE_VERSION MATCHES "^(0\\.[0-9]+|[1-9][0-9]*)")
  set(berth_line ${CMAKE_MATCH_1})
endif()
if(PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION OR NOT "${PACKAGE_FIND_VERSION}." MATCHES "^${berth_line}\\.")
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
else()
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
unset(berth_line)
