#include <bit>
#include <optional>
#include <unordered_map>

#include "baton/core/errors.h"
#include "src/formats/pickle_objects.h"

namespace baton::pt {
namespace {

using Kind = Object::Kind;

constexpr std::size_t kMaxPickle = 64U << 20U;
/// How often a pickle may name the same value again: what it builds is at most this many times its own size.
constexpr std::uint64_t kMaxGrowth = 16;
constexpr std::uint64_t kFreeGrowth = 4096;

/// The machine: reads one opcode after the other and works on a stack of objects.
class Unpickler {
 public:
  Unpickler(std::string_view pickle, const StorageByKey& storage_by_key) : in_(pickle), objects_(storage_by_key) {}

  Value run() {
    if (in_.size() > kMaxPickle) fail("it is larger than " + std::to_string(kMaxPickle) + " bytes");
    while (true) {
      const auto op = static_cast<Op>(byte());
      if (op == Op::kStop) break;
      if (auto value = scalar(op)) {
        push(Object{.value = std::move(*value)});
      } else if (auto made = container(op)) {
        push(std::move(*made));
      } else if (!fill(op) && !memo(op) && !object(op)) {
        fail("unknown opcode");
      }
    }
    if (stack_.size() != 1 || !marks_.empty()) fail("it does not end with one value");
    if (at_ != in_.size()) fail("something follows its end");
    return objects_.tree(stack_.back(), kMaxGrowth * in_.size() + kFreeGrowth);
  }

  std::size_t position() const { return at_; }

 private:
  [[noreturn]] static void fail(const std::string& problem) { throw CheckpointError(problem); }

  std::string_view take(std::uint64_t length) {
    if (length > in_.size() - at_) fail("it is cut off");
    const std::string_view taken = in_.substr(at_, length);
    at_ += length;
    return taken;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  std::uint64_t number(std::size_t width) {
    const std::string_view bytes = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = width; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    return value;
  }
  std::string_view line() {
    const std::size_t end = in_.find('\n', at_);
    if (end == in_.npos) fail("it is cut off");
    const std::string_view text = take(end - at_);
    take(1);
    return text;
  }

  /// An integer of any width that fits into 64 bits, two's complement.
  std::int64_t long_integer() {
    const std::size_t width = byte();
    if (width > 8) fail("an integer has more than 64 bits");
    std::uint64_t value = number(width);
    const bool negative = width > 0 && width < 8 && (value >> (8 * width - 1) & 1U) != 0;
    if (negative) value |= ~std::uint64_t{0} << (8 * width);
    return static_cast<std::int64_t>(value);
  }

  double float_number() {
    std::uint64_t bits = 0;
    for (const char c : take(8)) bits = bits << 8U | static_cast<unsigned char>(c);
    return std::bit_cast<double>(bits);
  }

  void push(Object object) { stack_.push_back(objects_.add(std::move(object))); }

  /// What is below the topmost mark is out of reach.
  Ref pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) fail("it takes more from its stack than there is");
    const Ref top = stack_.back();
    stack_.pop_back();
    return top;
  }
  /// The topmost object, which stays.
  Ref top() {
    const Ref ref = pop();
    stack_.push_back(ref);
    return ref;
  }
  std::vector<Ref> pop_to_mark() {
    if (marks_.empty()) fail("a mark is missing");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Ref> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return items;
  }
  std::vector<Ref> pop_some(std::size_t count) {
    std::vector<Ref> items(count);
    while (count-- > 0) items[count] = pop();
    return items;
  }

  /// The value that an opcode spells out, if it is one of those.
  std::optional<Value> scalar(Op op) {
    switch (op) {
      case Op::kNone:
        return Value();
      case Op::kNewTrue:
        return Value(true);
      case Op::kNewFalse:
        return Value(false);
      case Op::kBinInt:
        return Value(std::int64_t{static_cast<std::int32_t>(number(4))});
      case Op::kBinInt1:
        return Value(static_cast<std::int64_t>(number(1)));
      case Op::kBinInt2:
        return Value(static_cast<std::int64_t>(number(2)));
      case Op::kLong1:
        return Value(long_integer());
      case Op::kBinFloat:
        return Value(float_number());
      case Op::kBinUnicode:
        return Value(std::string(take(number(4))));
      case Op::kShortBinUnicode:
        return Value(std::string(take(number(1))));
      case Op::kBinBytes:
        return Value(Bytes{std::string(take(number(4)))});
      case Op::kShortBinBytes:
        return Value(Bytes{std::string(take(number(1)))});
      default:
        return std::nullopt;
    }
  }

  /// The container that an opcode makes, if it is one of those.
  std::optional<Object> container(Op op) {
    switch (op) {
      case Op::kEmptyList:
        return Object{.kind = Kind::kList};
      case Op::kEmptyDict:
        return Object{.kind = Kind::kDict};
      case Op::kEmptyTuple:
        return Object{.kind = Kind::kTuple};
      case Op::kTuple:
        return Object{.kind = Kind::kTuple, .children = pop_to_mark()};
      case Op::kTuple1:
        return Object{.kind = Kind::kTuple, .children = pop_some(1)};
      case Op::kTuple2:
        return Object{.kind = Kind::kTuple, .children = pop_some(2)};
      case Op::kTuple3:
        return Object{.kind = Kind::kTuple, .children = pop_some(3)};
      default:
        return std::nullopt;
    }
  }

  bool fill(Op op) {
    switch (op) {
      case Op::kMark:
        marks_.push_back(stack_.size());
        return true;
      case Op::kAppend:
        append(pop_some(1));
        return true;
      case Op::kAppends:
        append(pop_to_mark());
        return true;
      case Op::kSetItem:
        set_items(pop_some(2));
        return true;
      case Op::kSetItems:
        set_items(pop_to_mark());
        return true;
      default:
        return false;
    }
  }

  void append(const std::vector<Ref>& items) {
    Object& list = objects_.at(top());
    if (list.kind != Kind::kList) fail("expected a list to append to");
    list.children.insert(list.children.end(), items.begin(), items.end());
  }
  void set_items(const std::vector<Ref>& items) {
    Object& dict = objects_.at(top());
    const bool good = dict.kind == Kind::kDict || dict.kind == Kind::kOrderedDict;
    if (!good || items.size() % 2 != 0) fail("expected a dict and pairs to set in it");
    dict.children.insert(dict.children.end(), items.begin(), items.end());
  }

  bool memo(Op op) {
    switch (op) {
      case Op::kBinPut:
        put(number(1));
        return true;
      case Op::kLongBinPut:
        put(number(4));
        return true;
      case Op::kMemoize:
        put(memo_.size());
        return true;
      case Op::kBinGet:
        get(number(1));
        return true;
      case Op::kLongBinGet:
        get(number(4));
        return true;
      default:
        return false;
    }
  }
  void put(std::uint64_t key) { memo_[key] = top(); }
  void get(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) fail("it remembers no object " + std::to_string(key));
    stack_.push_back(found->second);
  }

  bool object(Op op) {
    switch (op) {
      case Op::kProto:
        check_protocol(byte());
        return true;
      case Op::kFrame:
        number(8);
        return true;  // only a hint for readers of streams
      case Op::kGlobal:
        push_global();
        return true;
      case Op::kStackGlobal:
        push_stack_global();
        return true;
      case Op::kBinPersId:
        stack_.push_back(objects_.load_storage(pop()));
        return true;
      case Op::kReduce: {
        const std::vector<Ref> call = pop_some(2);
        stack_.push_back(objects_.call(call[0], call[1]));
        return true;
      }
      case Op::kNewObj: {
        const std::vector<Ref> made = pop_some(2);
        stack_.push_back(objects_.create(made[0], made[1]));
        return true;
      }
      case Op::kBuild: {
        const std::vector<Ref> build = pop_some(2);
        objects_.set_state(build[0], build[1]);
        stack_.push_back(build[0]);
        return true;
      }
      default:
        return false;
    }
  }
  static void check_protocol(int protocol) {
    if (protocol < 2 || protocol > 4) fail("it has protocol " + std::to_string(protocol) + ", expected 2, 3 or 4");
  }
  void push_global() {
    const std::string_view module = line();
    stack_.push_back(objects_.add_global(module, line()));
  }
  void push_stack_global() {
    const std::vector<Ref> names = pop_some(2);
    const auto* module = objects_.at(names[0]).value.get<std::string>();
    const auto* name = objects_.at(names[1]).value.get<std::string>();
    if (module == nullptr || name == nullptr) fail("expected the name of a type or function");
    stack_.push_back(objects_.add_global(*module, *name));
  }

  std::string_view in_;
  std::size_t at_ = 0;
  Objects objects_;
  std::vector<Ref> stack_;
  std::vector<std::size_t> marks_;  ///< sizes of the stack where something began
  std::unordered_map<std::uint64_t, Ref> memo_;
};

}  // namespace

Value parse_pickle(std::string_view pickle, const StorageByKey& storage_by_key, const std::string& where) {
  Unpickler unpickler(pickle, storage_by_key);
  try {
    return unpickler.run();
  } catch (const CheckpointError& error) {
    throw CheckpointError(where + ": the pickle, at byte " + std::to_string(unpickler.position()) + ": " +
                          error.what());
  }
}

}  // namespace baton::pt
