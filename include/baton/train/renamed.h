// renamed(): a model whose tensors go by other names, for checkpoints of a program that names its modules differently.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "baton/train/model.h"

namespace baton {

/// An old name and the new one: of a tensor, or of all tensors of a module.
using Renaming = std::pair<std::string, std::string>;

/// The same model under other names: `renamed(net, {{"conv1", "features.0"}})` turns conv1.weight into
/// features.0.weight and leaves conv10.weight alone. Everything that goes by names follows: the files that the trainer
/// writes and reads, param_rules, and which parameters decay. The modules themselves keep their names, so
/// torch::save(net, ...) does not.
///
/// An old name is a whole one, or ends before a dot; of several that fit, the longest counts, and only that one. ""
/// stands for all names: {"", "model"} puts "model." in front; {"module", ""} takes "module." away. The rules are those
/// of `baton export --rename`.
///
/// Throws one ConfigError that lists the rules that no tensor needs, the names that two tensors would have, and names
/// of which nothing would be left; also if there is no model.
std::shared_ptr<TrainingModule> renamed(const Model& model, const std::vector<Renaming>& rules);

}  // namespace baton
