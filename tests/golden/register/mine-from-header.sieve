require "variables";
if header :matches "x-forward-to" "*" {
  redirect "${1}";
}
