package dev.poise.server.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

class GatheringTest {
  private final List<List<Integer>> done = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    callers.close();
  }

  private Gathering<Integer, String> gathering(int most) {
    return new Gathering<>(most, this::work);
  }

  private List<String> work(List<Integer> questions) {
    done.add(questions);
    if (questions.equals(List.of(0))) await(gate);
    if (questions.contains(13)) throw new IllegalArgumentException("13");
    if (questions.contains(99)) throw new DataAccessResourceFailureException("away");
    return questions.stream().map(question -> "it is " + question).toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<String> ask(Gathering<Integer, String> gathering, int question) {
    return CompletableFuture.supplyAsync(() -> gathering.ask(question), callers);
  }

  /** Asks one by one while the first is being answered, so that their order is known. */
  private List<CompletableFuture<String>> askWhileBusy(
      Gathering<Integer, String> gathering, int... questions) throws InterruptedException {
    List<CompletableFuture<String>> answers = new ArrayList<>(List.of(ask(gathering, 0)));
    while (done.isEmpty()) Thread.sleep(1);
    for (int question : questions) {
      int before = gathering.waiting();
      answers.add(ask(gathering, question));
      while (gathering.waiting() == before) Thread.sleep(1);
    }
    gate.countDown();
    return answers;
  }

  @Test
  void whoAsksAloneIsAnsweredAtOnce() {
    assertThat(gathering(10).ask(7)).isEqualTo("it is 7");
    assertThat(done).containsExactly(List.of(7));
  }

  @Test
  void whoAsksMeanwhileIsAnsweredTogether() throws InterruptedException {
    var answers = askWhileBusy(gathering(3), 1, 2, 3, 4);
    assertThat(answers.stream().map(CompletableFuture::join))
        .containsExactly("it is 0", "it is 1", "it is 2", "it is 3", "it is 4");
    assertThat(done).containsExactly(List.of(0), List.of(1, 2, 3), List.of(4));
  }

  @Test
  void heavyQuestionsAreFewer() throws InterruptedException {
    Gathering<Integer, String> heavy = new Gathering<>(10, question -> question, this::work);
    var answers = askWhileBusy(heavy, 4, 6, 1, 20, 2);
    assertThat(answers.getLast().join()).isEqualTo("it is 2");
    assertThat(done)
        .containsExactly(List.of(0), List.of(4, 6), List.of(1), List.of(20), List.of(2));
  }

  @Test
  void aFaultIsOnlyItsOwn() throws InterruptedException {
    var answers = askWhileBusy(gathering(10), 1, 13, 2);
    assertThat(answers.get(1).join()).isEqualTo("it is 1");
    assertThatThrownBy(answers.get(2)::join).hasRootCauseInstanceOf(IllegalArgumentException.class);
    assertThat(answers.get(3).join()).isEqualTo("it is 2");
    assertThat(done)
        .containsExactly(List.of(0), List.of(1, 13, 2), List.of(1), List.of(13), List.of(2));
  }

  @Test
  void aDatabaseThatDoesNotAnswerIsAskedOnceForAll() throws InterruptedException {
    var answers = askWhileBusy(gathering(10), 1, 99);
    for (var answer : answers.subList(1, 3))
      assertThatThrownBy(answer::join)
          .hasRootCauseInstanceOf(DataAccessResourceFailureException.class);
    assertThat(done).containsExactly(List.of(0), List.of(1, 99));
  }

  @Test
  void nobodyIsForgotten() {
    Gathering<Integer, String> gathering = gathering(5);
    gate.countDown();
    List<CompletableFuture<String>> answers =
        IntStream.range(100, 3_100).mapToObj(question -> ask(gathering, question)).toList();
    for (int i = 0; i < answers.size(); i++)
      assertThat(answers.get(i).join()).isEqualTo("it is " + (100 + i));
    assertThat(done.stream().mapToInt(List::size).sum()).isEqualTo(3_000);
    assertThat(gathering.ask(1)).isEqualTo("it is 1");
  }
}
