#include "src/net/url.h"

#include <gtest/gtest.h>

namespace baton::net {
namespace {

TEST(Url, EverythingButPlainLettersIsEncoded) {
  EXPECT_EQ(percent_encoded("a b/c%ü~-._9"), "a%20b%2Fc%25%C3%BC~-._9");
  EXPECT_EQ(percent_encoded_path("a b/c"), "a%20b/c");
}

TEST(Url, QueriesAreJoined) {
  EXPECT_EQ(query_text({{"name", "a&b"}, {"max", "1"}}), "name=a%26b&max=1");
  EXPECT_EQ(query_text({}), "");
}

TEST(Url, OnlyWhatIsNoSecretIsShown) {
  const std::pair<const char*, const char*> urls[] = {
      {"https://user:secret@host:5000/path?token=secret#secret", "https://host:5000/path"},
      {"https://user:p@ss@host", "https://host"},
      {"http://host/a@b", "http://host/a@b"},
      {"http://host?x@y", "http://host"},
      {"nonsense", "nonsense"},
      {"", ""}};
  for (const auto& [url, shown] : urls) EXPECT_EQ(shown_url(url), shown) << url;
}

TEST(Url, AUserInItIsSeen) {
  EXPECT_TRUE(has_user("http://me@host/"));
  EXPECT_FALSE(has_user("http://host/me@home"));
}

TEST(Url, Base64IsPadded) {
  const std::pair<const char*, const char*> texts[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"\xff\xfe\xfd\xfc", "//79/A=="}};
  for (const auto& [plain, coded] : texts) EXPECT_EQ(base64(plain), coded);
}

}  // namespace
}  // namespace baton::net
