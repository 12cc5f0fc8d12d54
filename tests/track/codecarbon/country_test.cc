#include "src/track/codecarbon/country.h"

#include <gtest/gtest.h>

namespace baton::track::carbon {
namespace {

TEST(Country, IsFoundByItsThreeLetters) {
  const Country* const france = find_country("FRA");
  ASSERT_NE(france, nullptr);
  EXPECT_EQ(france->name, "France");
  EXPECT_EQ(france->grams_per_kwh, 56.039);
  EXPECT_EQ(france->year, 2023);
}

TEST(Country, OtherCodesHaveNoFigure) {
  for (const char* code : {"", "FR", "fra", "QQQ", "France"}) EXPECT_EQ(find_country(code), nullptr) << code;
}

TEST(Country, IsGuessedFromItsName) {
  ASSERT_NE(guess_country("Germny"), nullptr);
  EXPECT_EQ(guess_country("Germny")->iso_code, "DEU");
  EXPECT_EQ(guess_country("qqqqqqqq"), nullptr);
}

}  // namespace
}  // namespace baton::track::carbon
