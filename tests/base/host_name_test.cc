#include "src/base/host_name.h"

#include <gtest/gtest.h>

#include "src/base/files.h"

namespace baton {
namespace {

TEST(HostName, IsWhatTheKernelSays) {
  std::string name = read_file("/proc/sys/kernel/hostname");
  if (name.ends_with('\n')) name.pop_back();
  EXPECT_EQ(host_name(), name);
}

}  // namespace
}  // namespace baton
