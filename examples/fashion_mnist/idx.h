// The idx format of the MNIST family: two zero bytes, the element type, the number of dimensions, each dimension as a
// big-endian 32-bit number, then the elements. Files may be compressed with gzip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace fashion_mnist {

struct Idx {
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> elements;  ///< row by row
};

/// A data file that is absent, cut off or damaged. what() names the file and what was expected of it.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a file of unsigned bytes with `dimensions` dimensions. Takes `<path>.gz` if there is no file `path`. Throws
/// DataError.
Idx read_idx(const std::filesystem::path& path, std::size_t dimensions);

}  // namespace fashion_mnist
