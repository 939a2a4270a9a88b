package dev.korm.testkit.kalam;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Faults that are put into the server's answers on demand. */
public final class Faults {
    /** A fault of an answer to a request for SQL, topics or files. */
    sealed interface Answer permits Status, Broken, Late, Aborted, Right {}

    /** The work's own answer. */
    record Right() implements Answer {}

    /** An answer instead of the work. */
    record Status(
            int status,
            String body,
            @Nullable String header,
            @Nullable String value) implements Answer {}

    /** The work's answer with status 200, of which the connection breaks off in the middle. */
    record Broken() implements Answer {}

    /** The work's answer, after a time. */
    record Late(Duration delay) implements Answer {}

    /** The work, whose answer is lost with the connection. */
    record Aborted() implements Answer {}

    private final LiveHub hub;
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger repeated = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int copies = 1;
    private volatile boolean isMute;

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Runnable> held = new ArrayList<>();
    private boolean isHolding;

    Faults(LiveHub hub) {
        this.hub = hub;
    }

    /** Answers the next request by this status and body instead of working. */
    public void answer(int status, String body) {
        answers.add(new Status(status, body, null, null));
    }

    /** Answers the next request by this status, body and header instead of working. */
    public void answer(int status, String body, String header, String value) {
        answers.add(new Status(status, body, header, value));
    }

    /** Answers the next request rightly, so that the fault that is asked for behind this is of the one behind it. */
    public void answerRightly() {
        answers.add(new Right());
    }

    /** Refuses the next request since its token had expired. */
    public void expireToken() {
        answer(
                401,
                "{\"status\":\"error\",\"error\":{\"code\":\"TOKEN_EXPIRED\",\"message\":\"Invalid credentials\"},\"results\":[],\"took\":0.1}");
    }

    /** Breaks the next answer off in the middle of its body, behind status 200. */
    public void breakAnswer() {
        answers.add(new Broken());
    }

    /** Lets the next answer wait, after its work is done. */
    public void delayAnswer(Duration delay) {
        answers.add(new Late(delay));
    }

    /** Lets an answer wait, until the server ends at the latest. */
    void await(Late late) throws InterruptedException {
        boolean unused = ended.await(late.delay().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends all waiting. */
    void end() {
        ended.countDown();
    }

    /** Does the next request's work and closes the connection instead of answering. */
    public void loseAnswer() {
        answers.add(new Aborted());
    }

    /** Does the work of the next request for SQL twice and answers the second time, as where something between sends a request again that had arrived. */
    public void repeatRequest() {
        repeated.incrementAndGet();
    }

    boolean repeatsRequest() {
        return repeated.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    @Nullable Answer next() {
        return answers.poll();
    }

    /** Drops the next notifications of changes, each for all of its subscribers one by one. */
    public void dropNotifications(int count) {
        dropped.set(count);
    }

    boolean dropsNotification() {
        return dropped.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }

    /** Sends each notification so many times. */
    public void repeatNotifications(int times) {
        copies = times;
    }

    int copies() {
        return copies;
    }

    /** Makes WebSockets neither answer nor send a pong, or ends that. */
    public void mute(boolean isMuted) {
        isMute = isMuted;
    }

    boolean isMute() {
        return isMute;
    }

    /** Returns how many of the answers that were ordered wait for their request. */
    public int pendingAnswers() {
        return answers.size();
    }

    /** Keeps the server's word about a WebSocket's credentials back, from each that opens from now on, until {@link #releaseAuthentication()}. */
    public void holdAuthentication() {
        lock.lock();
        try {
            isHolding = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many WebSockets wait for the word that is kept back. */
    public int heldAuthentications() {
        lock.lock();
        try {
            return held.size();
        } finally {
            lock.unlock();
        }
    }

    /** Gives the word to all WebSockets from which it was kept back, and keeps back no more. */
    public void releaseAuthentication() {
        List<Runnable> released;
        lock.lock();
        try {
            isHolding = false;
            released = List.copyOf(held);
            held.clear();
        } finally {
            lock.unlock();
        }
        released.forEach(Runnable::run);
    }

    /** Gives a WebSocket the word about its credentials, now or when it is released. */
    void authenticate(Runnable word) {
        lock.lock();
        try {
            if (isHolding) {
                held.add(word);
                return;
            }
        } finally {
            lock.unlock();
        }
        word.run();
    }

    /** Ends the TCP connections of all WebSockets without a close frame; returns their number. */
    public int abortWebSockets() {
        hub.sessions().forEach(LiveSession::abort);
        return hub.sessions().size();
    }

    /** Closes all WebSockets. */
    public void closeWebSockets(int code, String reason) {
        hub.sessions().forEach(session -> session.close(code, reason));
    }

    /** Returns how many WebSockets are open. */
    public int webSockets() {
        return hub.sessions().size();
    }

    /** Returns how many subscriptions all WebSockets have. */
    public int subscriptions() {
        return hub.sessions().stream().mapToInt(LiveSession::subscriptionCount).sum();
    }

    /** Sends a text frame to all WebSockets, as it is. */
    public void sendText(String text) {
        hub.sessions().forEach(session -> session.sendRaw(text.getBytes(StandardCharsets.UTF_8), false));
    }

    /** Begins a message of text to all WebSockets, which never comes to its end. */
    public void sendUnfinished(String text) {
        hub.sessions().forEach(session -> session.sendUnfinished(text));
    }

    /** Sends a binary frame to all WebSockets, as it is. */
    public void sendBinary(byte[] content) {
        hub.sessions().forEach(session -> session.sendRaw(content, true));
    }

    /** Sends a binary frame of compressed JSON to all WebSockets, of which only the first bytes are there. */
    public void sendHalfZipped(String json) {
        byte[] whole = LiveSession.zipped(json.getBytes(StandardCharsets.UTF_8));
        sendBinary(java.util.Arrays.copyOf(whole, whole.length / 2));
    }

    /** Sends a binary frame of compressed JSON to all WebSockets. */
    public void sendZipped(String json) {
        sendBinary(LiveSession.zipped(json.getBytes(StandardCharsets.UTF_8)));
    }
}
