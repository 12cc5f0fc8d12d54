#include "src/formats/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "baton/core/errors.h"
#include "tests/fakes/shown_pt.h"

namespace baton::pt {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

class Pickle : public testing::Test {
 protected:
  std::shared_ptr<Storage> storage(const std::string& key) const {
    if (key != "0") throw CheckpointError("no storage " + key);
    return std::make_shared<Storage>(Storage{.content = std::as_bytes(std::span(numbers_))});
  }
  Value read(const std::string& pickle) const {
    return parse_pickle(
        pickle, [this](const std::string& key) { return storage(key); }, "file");
  }
  std::string error_of(const std::string& pickle) const {
    try {
      read(pickle);
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "";
  }

  const std::array<float, 2> numbers_ = {1, 2};
};

/// A tensor of storage "0", from its offset on.
std::string tensor(const std::string& key, const std::string& from_offset) {
  return "\x80\x02"s + "ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"s +
         key + "X\x03\0\0\0cpuK\x02tQ"s + from_offset + "\x89" + "ccollections\nOrderedDict\n)RtR.";
}

TEST_F(Pickle, ReadsATensor) {
  const Value value = read(tensor("0", "K\0K\x02\x85K\x01\x85"s));
  EXPECT_EQ(value.get<Tensor>()->elements(), 2U);
}

TEST_F(Pickle, RunsNothing) {
  const std::string problem = error_of("cos\nsystem\nX\x04\0\0\0true\x85R."s);
  EXPECT_THAT(problem, HasSubstr("os.system, which is not read: no code is run"));
  EXPECT_THAT(problem, HasSubstr("file: the pickle, at byte 11"));
}

struct Refused {
  std::string pickle;
  const char* problem;
};

std::vector<Refused> of_the_machine() {
  return {
      {"", "cut off"},
      {"N", "cut off"},
      {"X\xff\0\0\0text."s, "cut off"},
      {"cno_line_end", "cut off"},
      {".", "does not end with one value"},
      {"NN.", "does not end with one value"},
      {"(N.", "does not end with one value"},
      {"N.N", "something follows"},
      {"\x80\x05N.", "protocol 5"},
      {"\x80\x01N.", "protocol 1"},
      {"I1\n.", "unknown opcode"},
      {"\x8a\x09\1\1\1\1\1\1\1\1\1.", "more than 64 bits"},
      {"]a.", "takes more from its stack"},
      {"N(a.", "takes more from its stack"},
      {"Ne.", "a mark is missing"},
      {"}Na.", "a list to append to"},
      {"}NNa.", "a list to append to"},
      {"](Nu.", "a dict and pairs"},
      {"}(Nu.", "a dict and pairs"},
      {"h\1.", "remembers no object 1"},
  };
}

std::vector<Refused> of_the_calls() {
  return {
      {"N)R.", "no function"},
      {"ctorch\nFloatStorage\n)R.", "no function"},
      {"ctorch\nFloatStorage\n.", "where data was expected"},
      {"ccollections\nOrderedDict\nNR.", "a tuple of 0 or more was expected"},
      {"ccollections\nOrderedDict\nN\x85R.", "OrderedDict is called with arguments"},
      {"ctorch._utils\n_rebuild_tensor_v2\n)R.", "too few arguments"},
      {"ctorch._utils\n_rebuild_tensor_v2\n(NNNNNtR.", "something else than a storage"},
      {"NQ.", "a tuple of 5 or more"},
      {"(X\1\0\0\0sNNNNtQ."s, "no storage of a known type"},
      {"NNb.", "a state is set on something that has none"},
      {"c_codecs\nencode\nX\2\0\0\0\xc4\x80X\6\0\0\0latin1\x86R."s, "spelled wrongly"},
      {"c_codecs\nencode\nX\1\0\0\0aX\4\0\0\0utf8\x86R."s, "expected latin1"},
      {tensor("1", "K\0))"s), "no storage 1"},
      {tensor("0", "K\3))"s), "beyond its storage of 2 elements"},
      {tensor("0", "K\0K\3\x85K\1\x85"s), "beyond its storage"},
      {tensor("0", "J\xff\xff\xff\xff))"s), "negative"},
      {tensor("0", "N))"s), "an integer was expected"},
  };
}

TEST_F(Pickle, RefusesWhatTheMachineCannotDo) {
  for (const Refused& row : of_the_machine()) EXPECT_THAT(error_of(row.pickle), HasSubstr(row.problem)) << row.pickle;
}

TEST_F(Pickle, RefusesCallsThatCannotBe) {
  for (const Refused& row : of_the_calls()) EXPECT_THAT(error_of(row.pickle), HasSubstr(row.problem)) << row.pickle;
}

TEST_F(Pickle, RefusesValuesThatAreTooDeepOrContainThemselves) {
  EXPECT_THAT(error_of(std::string(200, ']') + std::string(199, 'a') + "."), HasSubstr("nested more than 100 deep"));
  EXPECT_THAT(error_of("]q\1h\1a."), HasSubstr("nested more than 100 deep"));
}

TEST_F(Pickle, RefusesValuesThatGrowBeyondTheFile) {
  std::string doubling = "(]q\1";  // each list holds the one before twice
  for (int i = 0; i < 60; ++i) doubling += "](h\1h\1eq\1";
  EXPECT_THAT(error_of(doubling + "t."), HasSubstr("more data than the file has"));
  std::string repeated = "](X\xff\xff\0\0"s + std::string(0xFFFF, 'x') + "q\1";
  for (int i = 0; i < 100; ++i) repeated += "h\1";
  EXPECT_THAT(error_of(repeated + "e."), HasSubstr("more data than the file has"));
}

TEST_F(Pickle, ReadsObjectsOfTorchScriptAsTheirAttributes) {
  const std::string object =
      "c__torch__.a\nNet\n)\x81}(X\1\0\0\0nK\7X\1\0\0\0lctorch.jit._pickle\nbuild_intlist\n]"s + "(K\1K\2e\x85Rub";
  const Value value = read("\x80\2"s + object + ".");
  const Dict& net = *value.get<Dict>();
  EXPECT_EQ(net.class_name, "__torch__.a.Net");
  EXPECT_EQ(*net.find("n")->get<std::int64_t>(), 7);
  EXPECT_EQ(net.find("l")->get<List>()->size(), 2U);
  EXPECT_EQ(read("c__torch__\nNet\n)\x81.").get<Dict>()->items.size(), 0U);
}

TEST_F(Pickle, RefusesObjectsOfOtherKinds) {
  const std::vector<Refused> rows = {
      {"c__torch__x\nNet\n)\x81.", "asks for __torch__x.Net, which is not read"},
      {"c__torch__.a b\nNet\n)\x81.", "a name that no class has"},
      {"c__torch__\nNet\n.", "where data was expected"},
      {"c__torch__\nNet\n)R.", "no function"},
      {"ccollections\nOrderedDict\n)\x81.", "something else than a class of TorchScript"},
      {"c__torch__\nNet\nK\1\x85\x81.", "made with arguments"},
      {"c__torch__\nNet\n)\x81K\1b.", "__torch__.Net has a state of its own making"},
      {"c__torch__\nNet\n)\x81}(K\1K\1ub.", "__torch__.Net has an attribute without name"},
      {"ctorch.jit._pickle\nbuild_intlist\nK\1\x85R.", "something else than a list"},
      {"c__torch__\nNet\n)\x81q\1}(X\1\0\0\0ah\1ub."s, "nested more than 100 deep"},
  };
  for (const Refused& row : rows) EXPECT_THAT(error_of(row.pickle), HasSubstr(row.problem)) << row.pickle;
}

TEST_F(Pickle, SpellsWhatLibTorchCannotReadInAnotherWay) {
  const auto spelled = [](const Value& value) {
    const auto key = [](const auto&) { return "0"; };
    return pickle_of(value, key, "file", Dialect::kTorchScript);
  };
  EXPECT_THAT(spelled(std::int64_t{1} << 31), HasSubstr("\x8a\x8\0\0\0\x80\0\0\0\0"s)) << "all eight bytes";
  const Tensor small = Tensor::contiguous(Dtype::kF8E5M2, {4}, std::as_bytes(std::span(numbers_)).subspan(0, 4));
  const std::string twice = spelled(List{small, small});
  EXPECT_THAT(twice, HasSubstr("ctorch\nFloat8_e5m2Storage\n"));
  EXPECT_EQ(twice.find("storage"), twice.rfind("storage")) << "the same storage is named once";
}

TEST_F(Pickle, SpellsIntegersAsPythonDoes) {
  const struct {
    std::int64_t value;
    std::string pickle;
  } rows[] = {
      {0, "K\0"s},
      {255, "K\xff"},
      {256, "M\0\1"s},
      {65536, "J\0\0\1\0"s},
      {-1, "J\xff\xff\xff\xff"},
      {std::int64_t{1} << 31, "\x8a\5\0\0\0\x80\0"s},
      {-(std::int64_t{1} << 31) - 1, "\x8a\5\xff\xff\xff\x7f\xff"},
      {std::int64_t{1} << 39, "\x8a\6\0\0\0\0\x80\0"s},
      {-(std::int64_t{1} << 39), "\x8a\5\0\0\0\0\x80"s},
      {std::numeric_limits<std::int64_t>::max(), "\x8a\x8\xff\xff\xff\xff\xff\xff\xff\x7f"},
      {std::numeric_limits<std::int64_t>::min(), "\x8a\x8\0\0\0\0\0\0\0\x80"s},
  };
  for (const auto& row : rows) {
    const std::string pickle = pickle_of(row.value, nullptr, "file");
    EXPECT_EQ(pickle, "\x80\x02" + row.pickle + ".") << row.value;
    EXPECT_EQ(*read(pickle).get<std::int64_t>(), row.value);
  }
}

}  // namespace
}  // namespace baton::pt
