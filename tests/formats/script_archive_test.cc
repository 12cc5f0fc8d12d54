#include "src/formats/script_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "baton/core/errors.h"
#include "src/base/files.h"
#include "src/formats/stored_zip.h"
#include "tests/fakes/temporary_folder.h"

namespace baton {
namespace {

using pt::Dtype;
using testing::ElementsAre;
using testing::HasSubstr;

class ScriptArchive : public testing::Test {
 protected:
  StoredTensor tensor(const std::string& name, Dtype dtype = Dtype::kF32) const {
    const std::size_t bytes = safetensors::dtype_bytes(dtype);
    return {name, pt::Tensor::contiguous(dtype, {1}, std::as_bytes(std::span(numbers_)).subspan(0, bytes))};
  }
  void write(std::vector<StoredTensor> tensors, const std::vector<std::string>& modules = {}) const {
    write_script_archive(file_, Weights{.tensors = std::move(tensors)}, modules);
  }
  std::string error_of(const std::string& name) const {
    try {
      write({tensor("a.b"), tensor(name)});
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }
  std::string entry(const std::string& name) const {
    const std::string file = read_file(file_);
    const zip::Reader reader(std::as_bytes(std::span(file)), "file");
    const zip::Entry* found = reader.find("file/" + name);
    if (found == nullptr) return "";
    return {reinterpret_cast<const char*>(found->bytes.data()), found->bytes.size()};
  }

  fakes::TemporaryFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "file.pt";
  const std::array<double, 1> numbers_ = {1};
};

TEST_F(ScriptArchive, DeclaresParametersBuffersAndModules) {
  write({tensor("fc.weight"), tensor("fc.running_mean"), tensor("fc.count", Dtype::kI64), tensor("class")});
  EXPECT_EQ(entry("code/__torch__.py"),
            "class Module(Module):\n"
            "  __parameters__ = [\"class\", ]\n"
            "  __buffers__ = []\n"
            "  __annotations__ = []\n"
            "  __annotations__[\"class\"] = Tensor\n"
            "  __annotations__[\"fc\"] = __torch__.___torch_mangle_0.Module\n");
  EXPECT_EQ(entry("code/__torch__/___torch_mangle_0.py"),
            "class Module(Module):\n"
            "  __parameters__ = [\"weight\", ]\n"
            "  __buffers__ = [\"running_mean\", \"count\", ]\n"
            "  __annotations__ = []\n"
            "  __annotations__[\"weight\"] = Tensor\n"
            "  __annotations__[\"running_mean\"] = Tensor\n"
            "  __annotations__[\"count\"] = Tensor\n");
}

TEST_F(ScriptArchive, AddsTheModulesBetweenNumberedOnesAndThoseThatAreNamed) {
  write({tensor("net.0.w"), tensor("net.2.w"), tensor("other.5000.w")}, {"net.3.act", "net.0"});
  EXPECT_THAT(read_module_names(file_),
              ElementsAre("net", "net.0", "net.2", "net.3", "net.3.act", "net.1", "other", "other.5000"));
}

TEST_F(ScriptArchive, WritesASharedStorageOnceAndNamesItOnce) {
  const StoredTensor one = tensor("one");
  StoredTensor two = one;
  two.name = "two";
  write({one, two});
  EXPECT_EQ(entry("data/0").size(), 4U);
  EXPECT_EQ(entry("data/1"), "");
  const std::string pickle = entry("data.pkl");
  EXPECT_EQ(pickle.find("storage"), pickle.rfind("storage")) << "LibTorch ties only what the pickle ties";
}

TEST_F(ScriptArchive, SaysWhichNameLibTorchCannotHave) {
  EXPECT_THAT(error_of("a.b.c"), HasSubstr("file.pt: LibTorch cannot have the name \"a.b\": other tensors are in"));
  EXPECT_THAT(error_of("a"), HasSubstr("\"a\": a module or another tensor has this name"));
  EXPECT_THAT(error_of("a.b"), HasSubstr("\"a.b\": a module or another tensor has this name"));
  for (const char* name : {"", ".c", "c.", "c..d"}) EXPECT_THAT(error_of(name), HasSubstr("a part of it is empty"));
  for (const char* name : {"c\"", "c\\", "c\n"}) EXPECT_THAT(error_of(name), HasSubstr("a quote, a backslash or"));
  std::string deep = "c";
  for (int i = 0; i < 100; ++i) deep += ".c";
  EXPECT_THAT(error_of(deep), HasSubstr("nested more than 100 deep"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(ScriptArchive, AModuleWithTheNameOfATensorIsRefused) {
  EXPECT_THAT([&] { write({tensor("a")}, {"a"}); }, testing::ThrowsMessage<CheckpointError>(HasSubstr("\"a\"")));
}

}  // namespace
}  // namespace baton
