#include "baton/core/errors.h"
#include "baton/track/codecarbon.h"
#include "src/base/files.h"
#include "tests/fakes/error_of.h"
#include "tests/fakes/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace baton {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CodeCarbonOptionsTest : public testing::Test {
 protected:
  CodeCarbonOptions read(std::initializer_list<std::pair<const std::string, std::string>> variables) {
    return CodeCarbonOptions::from_env(GivenEnvironment(variables), here.path());
  }
  void write(const std::filesystem::path& folder, const std::string& text) {
    write_file(folder / ".codecarbon.config", "[codecarbon]\n" + text);
  }

  fakes::TemporaryFolder home;
  fakes::TemporaryFolder here;
};

TEST_F(CodeCarbonOptionsTest, DefaultsAreCodeCarbons) {
  const CodeCarbonOptions options = read({});
  EXPECT_EQ(options.project_name, "codecarbon");
  EXPECT_EQ(options.output_file, "emissions.csv");
  EXPECT_EQ(options.measure_power_secs, 15.0);
  EXPECT_EQ(options.tracking_mode, "machine");
  EXPECT_EQ(options.country_iso_code, std::nullopt);
  EXPECT_EQ(options.gpu_ids, std::nullopt);
  EXPECT_EQ(options.output_dir, std::nullopt);
}

TEST_F(CodeCarbonOptionsTest, EverySettingHasAVariable) {
  const CodeCarbonOptions options = read({{"CODECARBON_PROJECT_NAME", "p"},
                                          {"CODECARBON_EXPERIMENT_ID", "e"},
                                          {"CODECARBON_OUTPUT_DIR", "d"},
                                          {"CODECARBON_OUTPUT_FILE", "f.csv"},
                                          {"CODECARBON_SAVE_TO_FILE", "False"},
                                          {"CODECARBON_MEASURE_POWER_SECS", "2.5"},
                                          {"CODECARBON_TRACKING_MODE", "process"},
                                          {"CODECARBON_COUNTRY_ISO_CODE", "DEU"},
                                          {"CODECARBON_REGION", "bavaria"},
                                          {"CODECARBON_FORCE_CARBON_INTENSITY_G_CO2E_KWH", "12"},
                                          {"CODECARBON_PUE", "1.1"},
                                          {"CODECARBON_WUE", "0.2"},
                                          {"CODECARBON_FORCE_CPU_POWER", "90"},
                                          {"CODECARBON_FORCE_RAM_POWER", "7"},
                                          {"CODECARBON_FORCE_MODE_CPU_LOAD", "TRUE"},
                                          {"CODECARBON_RAPL_INCLUDE_DRAM", "true"},
                                          {"CODECARBON_RAPL_PREFER_PSYS", "1"},
                                          {"CODECARBON_GPU_IDS", "0, GPU-5f"}});
  EXPECT_EQ(options.project_name, "p");
  EXPECT_EQ(options.experiment_id, "e");
  EXPECT_EQ(options.output_dir, "d");
  EXPECT_EQ(options.output_file, "f.csv");
  EXPECT_FALSE(options.save_to_file);
  EXPECT_EQ(options.measure_power_secs, 2.5);
  EXPECT_EQ(options.tracking_mode, "process");
  EXPECT_EQ(options.country_iso_code, "DEU");
  EXPECT_EQ(options.region, "bavaria");
  EXPECT_EQ(options.force_carbon_intensity_g_co2e_kwh, 12.0);
  EXPECT_EQ(options.pue, 1.1);
  EXPECT_EQ(options.wue, 0.2);
  EXPECT_EQ(options.force_cpu_power, 90.0);
  EXPECT_EQ(options.force_ram_power, 7.0);
  EXPECT_TRUE(options.force_mode_cpu_load);
  EXPECT_TRUE(options.rapl_include_dram);
  EXPECT_FALSE(options.rapl_prefer_psys) << "only the word true is true";
  EXPECT_THAT(options.gpu_ids.value(), ElementsAre("0", "GPU-5f"));
  EXPECT_TRUE(options.ignored.empty());
}

TEST_F(CodeCarbonOptionsTest, LaterPlacesWin) {
  write(home.path(), "pue = 2\nwue = 2\nregion = home\n");
  write(here.path(), "wue = 3\nregion = here\n");
  const CodeCarbonOptions options =
      read({{"HOME", home.path().string()}, {"codecarbon_region", "small"}, {"CODECARBON_REGION", "variable"}});
  EXPECT_EQ(options.pue, 2.0);
  EXPECT_EQ(options.wue, 3.0);
  EXPECT_EQ(options.region, "variable");
}

TEST_F(CodeCarbonOptionsTest, TheCardsAreThoseOfCudaUnlessTold) {
  EXPECT_THAT(read({{"CUDA_VISIBLE_DEVICES", "1,3"}}).gpu_ids.value(), ElementsAre("1", "3"));
  EXPECT_THAT(read({{"CUDA_VISIBLE_DEVICES", "1,3"}, {"CODECARBON_GPU_IDS", "2"}}).gpu_ids.value(), ElementsAre("2"));
}

TEST_F(CodeCarbonOptionsTest, WhatItDoesNotActUponIsListed) {
  write(here.path(), "log_level = error\nsave_to_api = False\ncolour = red\n");
  EXPECT_THAT(read({{"CODECARBON_API_KEY", "x"}, {"CODECARBON_LOG_LEVEL", "info"}}).ignored,
              ElementsAre("colour (./.codecarbon.config)", "api_key (CODECARBON_API_KEY)"));
}

TEST_F(CodeCarbonOptionsTest, SaysWhereANumberIsNone) {
  write(here.path(), "pue = high\n");
  EXPECT_THAT(fakes::error_of<ConfigError>([&] { read({}); }),
              HasSubstr("./.codecarbon.config: pue is \"high\"; expected a number"));
}

TEST(CodeCarbonOptionsCheck, EveryOptionThatCannotBeUsedIsNamed) {
  const CodeCarbonOptions bad{.output_file = "",
                              .measure_power_secs = 0,
                              .tracking_mode = "all",
                              .country_iso_code = "Germany",
                              .force_carbon_intensity_g_co2e_kwh = -1,
                              .pue = -2,
                              .wue = 1e300,
                              .force_cpu_power = std::nan(""),
                              .force_ram_power = -1};
  const std::string error = fakes::error_of<ConfigError>([&] { CodeCarbonCallback{bad}; });
  for (const char* part : {"measure_power_secs is 0;", "tracking_mode is \"all\"", "output_file is empty",
                           "force_carbon_intensity_g_co2e_kwh is -1;", "force_cpu_power is nan", "force_ram_power",
                           "pue is -2", "wue", "country_iso_code is \"Germany\"", "as in DEU"})
    EXPECT_THAT(error, HasSubstr(part));
}

}  // namespace
}  // namespace baton
