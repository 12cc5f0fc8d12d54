// Label smoothing, as `label_smoothing_factor` has it.
#pragma once

#include <ATen/core/Tensor.h>

namespace baton {

/// Cross-entropy in which a share of every label is spread evenly over all classes; the mean over all labels but those
/// of -100. `logits` are [..., classes] and `labels` whole numbers [...]. To the last bit what the reference's
/// LabelSmoother gives for logits in single precision; logits in half precision are converted to it first. Without a
/// single label that counts the result is NaN. Throws c10::Error for shapes that do not go together.
at::Tensor label_smoothed_loss(const at::Tensor& logits, const at::Tensor& labels, double factor);

}  // namespace baton
