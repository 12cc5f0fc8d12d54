#include "tests/fakes/test_files.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace baton::fakes {

std::filesystem::path test_file(std::string_view name) { return std::filesystem::path(BATON_TESTS_FOLDER) / name; }

std::string read_test_file(std::string_view name) {
  const std::filesystem::path path = test_file(name);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace baton::fakes
