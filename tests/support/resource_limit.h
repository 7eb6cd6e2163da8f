#pragma once
// A limit of the process for a while.

#include <doctest/doctest.h>
#include <sys/resource.h>

namespace session::test {

/// Put back at the end.
class ResourceLimit {
 public:
  ResourceLimit(__rlimit_resource what, rlim_t most) : what_(what) {
    REQUIRE(::getrlimit(what, &before_) == 0);
    const rlimit limit{most, before_.rlim_max};
    REQUIRE(::setrlimit(what, &limit) == 0);
  }
  ResourceLimit(const ResourceLimit&) = delete;
  ResourceLimit& operator=(const ResourceLimit&) = delete;
  ~ResourceLimit() { ::setrlimit(what_, &before_); }

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

}  // namespace session::test
