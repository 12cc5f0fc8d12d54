// TextSink: keeps what is written to it.
#pragma once

#include <string>

#include "src/base/byte_sink.h"

namespace baton::fakes {

class TextSink final : public ByteSink {
 public:
  using ByteSink::write;
  void write(std::span<const std::byte> bytes) override {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace baton::fakes
