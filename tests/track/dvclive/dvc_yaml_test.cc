#include "src/track/dvclive/dvc_yaml.h"

#include <gtest/gtest.h>

namespace baton::track {
namespace {

const Record kOwn{{"params", Value::List{"dvclive/params.yaml"}},
                  {"plots", Value::List{Record{{"dvclive/plots/metrics", Record{{"x", "step"}}}}}}};
constexpr std::string_view kNew = "params:\n- dvclive/params.yaml\nplots:\n- dvclive/plots/metrics:\n    x: step\n";

std::string merged(const std::string& text, const Record& own = kOwn) {
  return merged_dvc_yaml(text, own, "dvclive/").value_or("(refused)");
}

TEST(DvcYaml, ANewFileHoldsOurEntries) {
  EXPECT_EQ(merged(""), kNew);
  EXPECT_EQ(merged("{}\n"), kNew);
}

TEST(DvcYaml, AFileThatHoldsThemStaysAsItIs) {
  EXPECT_EQ(merged(std::string(kNew)), kNew);
  EXPECT_EQ(merged("params: [dvclive/params.yaml]\nplots: [{dvclive/plots/metrics: {x: step}}]"),
            "params: [dvclive/params.yaml]\nplots: [{dvclive/plots/metrics: {x: step}}]");
}

TEST(DvcYaml, WhatOthersWroteStaysWithItsComments) {
  EXPECT_EQ(merged("# mine\nstages:\n  train:\n    cmd: ./train  # now\n\nparams:  # all\n  - other.yaml # theirs\n"
                   "  - dvclive/old.yaml\n# the end\nmetrics:\n- m.json\n"),
            "# mine\nstages:\n  train:\n    cmd: ./train  # now\n\nparams:  # all\n  - other.yaml # theirs\n"
            "  - dvclive/params.yaml\n# the end\nmetrics:\n- m.json\n"
            "plots:\n- dvclive/plots/metrics:\n    x: step\n");
}

TEST(DvcYaml, OurOldEntriesGoWithAllTheirLines) {
  EXPECT_EQ(merged("plots:\n- dvclive/plots/metrics:\n    x: epoch\n    y: loss\n- roc.json:\n    x: fpr\n"),
            "plots:\n- roc.json:\n    x: fpr\n- dvclive/plots/metrics:\n    x: step\nparams:\n- dvclive/params.yaml\n");
}

TEST(DvcYaml, AListThatOnlyHeldOldEntriesOfOursGoes) {
  EXPECT_EQ(merged("metrics:\n- dvclive/metrics.json\nvars:\n- a.yaml\n", {}), "vars:\n- a.yaml\n");
}

TEST(DvcYaml, ArtifactsAreReplacedByNameAndFolder) {
  const Record own{{"artifacts", Record{{"last", Record{{"path", "dvclive/artifacts/last"}, {"type", "model"}}}}}};
  EXPECT_EQ(merged("artifacts:\n    best:\n        path: dvclive/artifacts/best\n    last:\n        path: x\n"
                   "    theirs:\n        path: m.pt  # kept\n",
                   own),
            "artifacts:\n    theirs:\n        path: m.pt  # kept\n    last:\n      path: dvclive/artifacts/last\n"
            "      type: model\n");
}

TEST(DvcYaml, WhatCannotBeChangedLineByLineIsRefused) {
  const std::pair<const char*, const char*> texts[] = {{"params: [a.yaml]\n", "a list in brackets"},
                                                       {"{params: [a.yaml]}\n", "a record in braces"},
                                                       {"- a\n", "no record"},
                                                       {"a: [", "no YAML"},
                                                       {"params:\r\n- a.yaml\r\n", "line ends of Windows"},
                                                       {"params: &x\n- a.yaml\n", "an anchor"},
                                                       {"a: 1\n---\nb: 2\n", "two documents"}};
  for (const auto& [text, why] : texts) EXPECT_EQ(merged(text), "(refused)") << why;
}

TEST(DvcYaml, AKeyWithoutEntriesIsFilled) { EXPECT_EQ(merged("params:\nplots:\n"), kNew); }

}  // namespace
}  // namespace baton::track
