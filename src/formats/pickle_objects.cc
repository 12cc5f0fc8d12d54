#include "src/formats/pickle_objects.h"

#include <algorithm>
#include <cctype>

#include "baton/core/errors.h"

namespace baton::pt {
namespace {

using Kind = Object::Kind;

constexpr std::size_t kMaxObjects = 4'000'000;  // an optimizer's state has 14 a tensor

[[noreturn]] void fail(const std::string& problem) { throw CheckpointError(problem); }

std::uint64_t cost(const Value& value) {
  if (const auto* text = value.get<std::string>()) return 1 + text->size();
  if (const auto* bytes = value.get<Bytes>()) return 1 + bytes->data.size();
  if (const auto* array = value.get<NumpyArray>()) return 1 + array->data.size();
  if (const auto* tensor = value.get<Tensor>()) return 1 + tensor->shape.size();
  return 1;
}

/// Text of code points below 256 to one byte each: how protocol 2 spells bytes.
std::string latin1(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80U) {
      bytes.push_back(text[i]);
      continue;
    }
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[++i]) : 0U;
    if ((lead != 0xC2U && lead != 0xC3U) || (next & 0xC0U) != 0x80U) fail("bytes are spelled wrongly");
    bytes.push_back(static_cast<char>((lead & 0x03U) << 6U | (next & 0x3FU)));
  }
  return bytes;
}

/// The bytes of an element of a numpy type such as "<u4", or 0 if it is none of plain numbers.
std::size_t numpy_width(const std::string& dtype) {
  const std::string_view kinds = "biufc";
  const std::string_view orders = "<|";
  const bool known = dtype.size() >= 3 && orders.find(dtype[0]) != orders.npos && kinds.find(dtype[1]) != kinds.npos;
  const std::string width = known ? dtype.substr(2) : "";
  return width == "1" || width == "2" || width == "4" || width == "8" || width == "16" ? std::stoul(width) : 0;
}

bool is_script_module(std::string_view module) {
  const std::string_view rest = module.substr(std::min(module.size(), kScriptModule.size()));
  return module.substr(0, kScriptModule.size()) == kScriptModule && (rest.empty() || rest[0] == '.');
}

std::string script_class(std::string_view module, std::string_view name) {
  std::string full = std::string(module).append(".").append(name);
  const auto odd = [](unsigned char c) { return std::isalnum(c) == 0 && c != '_' && c != '.'; };
  if (std::any_of(full.begin(), full.end(), odd)) fail("a class has a name that no class has");
  return full;
}

std::size_t fewest_arguments(Global function) {
  switch (function) {
    case Global::kRebuildTensor:
      return 5;
    case Global::kRebuildTensorV3:
      return 7;
    case Global::kRebuildParameter:
    case Global::kEncode:
      return 2;
    case Global::kSize:
    case Global::kNumpyDtype:
    case Global::kReconstruct:
    case Global::kTypedList:
    case Global::kTypedContainer:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

Ref Objects::add(Object object) {
  if (objects_.size() >= kMaxObjects) fail("it has more than " + std::to_string(kMaxObjects) + " objects");
  objects_.push_back(std::move(object));
  return static_cast<Ref>(objects_.size() - 1);
}

Ref Objects::add_global(std::string_view module, std::string_view name) {
  if (is_script_module(module)) return add(Object{.kind = Kind::kClass, .value = script_class(module, name)});
  const auto row = std::find_if(kGlobals.begin(), kGlobals.end(),
                                [&](const GlobalRow& r) { return r.module == module && r.name == name; });
  if (row == kGlobals.end()) {
    fail("it asks for " + std::string(module) + "." + std::string(name) + ", which is not read: no code is run");
  }
  return add(Object{.kind = Kind::kGlobal, .global = &*row});
}

const Objects::Children& Objects::tuple(Ref ref, std::size_t at_least) const {
  const Object& object = objects_[ref];
  if (object.kind != Kind::kTuple || object.children.size() < at_least) {
    fail("a tuple of " + std::to_string(at_least) + " or more was expected");
  }
  return object.children;
}

std::int64_t Objects::integer(Ref ref) const {
  const auto* value = objects_[ref].kind == Kind::kValue ? objects_[ref].value.get<std::int64_t>() : nullptr;
  if (value == nullptr) fail("an integer was expected");
  return *value;
}

bool Objects::boolean(Ref ref) const {
  const auto* value = objects_[ref].kind == Kind::kValue ? objects_[ref].value.get<bool>() : nullptr;
  if (value == nullptr) fail("True or False was expected");
  return *value;
}

const std::string& Objects::text(Ref ref) const {
  const auto* value = objects_[ref].kind == Kind::kValue ? objects_[ref].value.get<std::string>() : nullptr;
  if (value == nullptr) fail("a text was expected");
  return *value;
}

std::vector<std::int64_t> Objects::integers(Ref ref) const {
  std::vector<std::int64_t> numbers;
  for (const Ref child : tuple(ref, 0)) numbers.push_back(integer(child));
  return numbers;
}

bool Objects::is_global(Ref ref, Global global) const {
  return objects_[ref].kind == Kind::kGlobal && objects_[ref].global->global == global;
}

Ref Objects::load_storage(Ref id) {
  const Children& parts = tuple(id, 5);
  const auto is = [&](Global type) { return is_global(parts[1], type); };
  const bool known = is(Global::kStorage) || is(Global::kScriptStorage) || is(Global::kUntypedStorage);
  if (text(parts[0]) != "storage" || !known) fail("a persistent id is no storage of a known type");
  const Dtype dtype = objects_[parts[1]].global->dtype;
  const std::string& key = text(parts[2]);
  const std::shared_ptr<Storage> storage = storage_by_key_(key);
  const std::size_t width = safetensors::dtype_bytes(dtype);
  const std::int64_t elements = integer(parts[4]);
  if (storage->content.size() % width != 0 || elements != static_cast<std::int64_t>(storage->content.size() / width)) {
    fail("storage " + key + " is said to have " + std::to_string(elements) + " elements, its entry has " +
         std::to_string(storage->content.size()) + " bytes");
  }
  storage->device = text(parts[3]);
  return add(Object{.kind = Kind::kStorage, .value = Tensor{.storage = storage, .dtype = dtype}});
}

Ref Objects::call(Ref function, Ref arguments) {
  if (objects_[function].kind != Kind::kGlobal) fail("something is called that is no function");
  const Children given = tuple(arguments, 0);
  const Global global = objects_[function].global->global;
  if (given.size() < fewest_arguments(global)) fail("a call has too few arguments");
  switch (global) {
    case Global::kOrderedDict:
      if (!given.empty()) fail("OrderedDict is called with arguments");
      return add(Object{.kind = Kind::kOrderedDict});
    case Global::kBytes:
      if (!given.empty()) fail("bytes is called with arguments");
      return add(Bytes{});
    case Global::kRebuildTensor:
      return rebuild_tensor(given, false);
    case Global::kRebuildTensorV3:
      return rebuild_tensor(given, true);
    case Global::kRebuildParameter:
      return rebuild_parameter(given);
    case Global::kSize:
      return add(Object{.kind = Kind::kTuple, .children = tuple(given[0], 0)});
    case Global::kEncode:
      return encode(given);
    case Global::kNumpyDtype:
      return numpy_dtype(given);
    case Global::kReconstruct:
      if (!is_global(given[0], Global::kNdarray)) fail("numpy reconstructs something else than an array");
      return add(NumpyArray{});
    case Global::kTypedList:
      if (objects_[given[0]].kind != Kind::kList) fail("a list of one type is made of something else than a list");
      return given[0];
    case Global::kTypedContainer:
      return given[0];
    default:
      fail("something is called that is no function");
  }
}

Ref Objects::create(Ref type, Ref arguments) {
  const Object& made_of = objects_[type];
  if (made_of.kind != Kind::kClass) fail("an object is made of something else than a class of TorchScript");
  if (!tuple(arguments, 0).empty()) fail("an object is made with arguments");
  return add(Object{.kind = Kind::kInstance, .value = made_of.value});
}

Ref Objects::rebuild_tensor(const Children& arguments, bool typed_by_argument) {
  const Object& storage = objects_[arguments[0]];
  if (storage.kind != Kind::kStorage) fail("a tensor is built of something else than a storage");
  Tensor tensor = *storage.value.get<Tensor>();
  tensor.offset = integer(arguments[1]);
  tensor.shape = integers(arguments[2]);
  tensor.strides = integers(arguments[3]);
  tensor.requires_grad = boolean(arguments[4]);
  if (typed_by_argument) {
    if (!is_global(arguments[6], Global::kTorchDtype)) fail("a tensor has an unknown dtype");
    tensor.dtype = objects_[arguments[6]].global->dtype;
  }
  if (const std::string problem = tensor.problem(); !problem.empty()) fail("a tensor is wrong: " + problem);
  return add(std::move(tensor));
}

Ref Objects::rebuild_parameter(const Children& arguments) {
  const Object& data = objects_[arguments[0]];
  const Tensor* given = data.kind == Kind::kValue ? data.value.get<Tensor>() : nullptr;
  if (given == nullptr) fail("a parameter is built of something else than a tensor");
  Tensor tensor = *given;
  tensor.requires_grad = boolean(arguments[1]);
  return add(std::move(tensor));
}

Ref Objects::encode(const Children& arguments) {
  if (text(arguments[1]) != "latin1") fail("bytes have the encoding " + text(arguments[1]) + ", expected latin1");
  return add(Bytes{latin1(text(arguments[0]))});
}

Ref Objects::numpy_dtype(const Children& arguments) {
  return add(Object{.kind = Kind::kNumpyDtype, .value = std::string("|").append(text(arguments[0]))});
}

void Objects::set_state(Ref ref, Ref state) {
  Object& object = objects_[ref];
  if (object.kind == Kind::kInstance) return set_attributes(object, state);
  if (object.kind == Kind::kOrderedDict) return;  // its attributes, such as a state_dict's versions
  const bool array = object.kind == Kind::kValue && object.value.get<NumpyArray>() != nullptr;
  if (array) return fill_array(object, tuple(state, 5));
  if (object.kind == Kind::kNumpyDtype) return set_byte_order(object, tuple(state, 2));
  fail("a state is set on something that has none");
}

/// Only refers to them: many objects may name one dict.
void Objects::set_attributes(Object& instance, Ref state) {
  if (objects_[state].kind != Kind::kDict) {
    fail("an object of " + *instance.value.get<std::string>() + " has a state of its own making, which is not read");
  }
  instance.children = {state};
}

void Objects::set_byte_order(Object& dtype, const Children& state) {
  const std::string& order = text(state[1]);
  if (order != "<" && order != "|") fail("a numpy array has the byte order \"" + order + "\", expected little-endian");
  std::string name = *dtype.value.get<std::string>();
  name[0] = order[0];
  dtype.value = std::move(name);
}

void Objects::fill_array(Object& array, const Children& state) {
  const Object& dtype = objects_[state[2]];
  const Object& data = objects_[state[4]];
  const Bytes* bytes = data.kind == Kind::kValue ? data.value.get<Bytes>() : nullptr;
  if (dtype.kind != Kind::kNumpyDtype || bytes == nullptr) fail("a numpy array is not made of a dtype and bytes");
  NumpyArray filled{*dtype.value.get<std::string>(), integers(state[1]), boolean(state[3]), bytes->data};
  std::uint64_t size = numpy_width(filled.dtype);
  if (size == 0) fail("a numpy array has the dtype \"" + filled.dtype + "\", expected plain numbers");
  for (const std::int64_t extent : filled.shape) {
    if (extent < 0 || static_cast<std::uint64_t>(extent) > bytes->data.size()) fail("a numpy array has a wrong shape");
    size = std::min<std::uint64_t>(size * static_cast<std::uint64_t>(extent), bytes->data.size() + 1);
  }
  if (size != bytes->data.size()) fail("a numpy array's bytes do not fit its shape");
  array.value = std::move(filled);
}

Value Objects::tree(Ref root, std::uint64_t budget) { return tree(root, budget, 0); }

Value Objects::tree(Ref ref, std::uint64_t& budget, int depth) {
  const Object& object = objects_[ref];
  const std::uint64_t price = cost(object.value);
  if (price > budget) fail("its values stand for far more data than the file has");
  budget -= price;
  if (depth > kMaxDepth) fail("its values are nested more than " + std::to_string(kMaxDepth) + " deep");
  switch (object.kind) {
    case Kind::kValue:
      return object.value;
    case Kind::kGlobal:
    case Kind::kClass:
    case Kind::kStorage:
    case Kind::kNumpyDtype:
      fail("a type, a function or a storage stands where data was expected");
    default:
      return container(object, budget, depth);
  }
}

Value Objects::container(const Object& object, std::uint64_t& budget, int depth) {
  if (object.kind == Kind::kInstance) return instance(object, budget, depth);
  if (object.kind == Kind::kDict || object.kind == Kind::kOrderedDict) {
    return Dict{.items = items(object.children, budget, depth), .ordered = object.kind == Kind::kOrderedDict};
  }
  List list;
  for (const Ref child : object.children) list.push_back(tree(child, budget, depth + 1));
  if (object.kind == Kind::kTuple) return Tuple{std::move(list)};
  return list;
}

Value Objects::instance(const Object& object, std::uint64_t& budget, int depth) {
  Dict made{.class_name = *object.value.get<std::string>()};
  if (!object.children.empty()) made.items = items(objects_[object.children[0]].children, budget, depth);
  for (const auto& [name, value] : made.items) {
    if (name.get<std::string>() == nullptr) fail("an object of " + made.class_name + " has an attribute without name");
  }
  return made;
}

std::vector<Item> Objects::items(const Children& children, std::uint64_t& budget, int depth) {
  std::vector<Item> pairs;
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    Value key = tree(children[i], budget, depth + 1);
    pairs.emplace_back(std::move(key), tree(children[i + 1], budget, depth + 1));
  }
  return pairs;
}

}  // namespace baton::pt
