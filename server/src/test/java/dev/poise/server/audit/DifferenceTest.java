package dev.poise.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DifferenceTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // A field that is the same is left out; the id stays.
        "{'id':'a','x':1,'y':2} | {'id':'a','x':1,'y':3} | {'id':'a','y':2} | {'id':'a','y':3}",
        // What one side does not have is on the other side alone.
        "{'x':1} | {'y':2} | {'x':1} | {'y':2}",
        // At every depth.
        "{'o':{'x':1,'y':2}} | {'o':{'x':1,'y':3}} | {'o':{'y':2}} | {'o':{'y':3}}",
        // Things in a list are told apart by their ids.
        "{'l':[{'id':'a','x':1,'y':1},{'id':'b','x':2}]} |"
            + " {'l':[{'id':'b','x':2},{'id':'a','x':9,'y':1}]} | {'l':[{'id':'a','x':1}]} |"
            + " {'l':[{'id':'a','x':9}]}",
        "{'l':[{'id':'a','x':1}]} | {'l':[{'id':'a','x':1},{'id':'b','x':2}]} | {'l':[]} |"
            + " {'l':[{'id':'b','x':2}]}",
        "{'l':[{'id':'a','x':1}]} | {'l':[]} | {'l':[{'id':'a','x':1}]} | {'l':[]}",
        // Only the order.
        "{'l':[{'id':'a'},{'id':'b'}]} | {'l':[{'id':'b'},{'id':'a'}]}"
            + " | {'l':[{'id':'a'},{'id':'b'}]} | {'l':[{'id':'b'},{'id':'a'}]}",
        // A list of other things is told as a whole.
        "{'l':[1,2]} | {'l':[1,3]} | {'l':[1,2]} | {'l':[1,3]}",
        "{'l':[{'id':'a'},{'x':1}]} | {'l':[{'id':'a'}]} | {'l':[{'id':'a'},{'x':1}]} |"
            + " {'l':[{'id':'a'}]}",
        // Another kind of value.
        "{'x':{'type':'A'}} | {'x':7} | {'x':{'type':'A'}} | {'x':7}",
        "{'x':1} | {'x':1} | {} | {}",
      })
  void tellsWhatDiffers(String before, String after, String was, String is) {
    Difference difference = Difference.between(json(before), json(after));
    assertThat(difference.before()).isEqualTo(json(was));
    assertThat(difference.after()).isEqualTo(json(is));
  }

  @Test
  void secretsAreHiddenWhereverTheyAre() {
    JsonNode masked =
        Masking.mask(
            json(
                "{'id':'key_1','name':'n','keyAlgorithm':'RSA','list':[{'password':'p','newPassword':'q'}],"
                    + "'key':{'text':'k'},'keyHash':'h','setUpToken':'t','privateKey':'x','secret':null}"));
    assertThat(masked)
        .isEqualTo(
            json(
                "{'id':'key_1','name':'n','keyAlgorithm':'RSA',"
                    + "'list':[{'password':'[hidden]','newPassword':'[hidden]'}],"
                    + "'key':'[hidden]','keyHash':'[hidden]','setUpToken':'[hidden]',"
                    + "'privateKey':'[hidden]','secret':null}"));
  }
}
